// One of many instances of an application on one SQLite file. Arguments: a JSON object of the type below. Prints how
// often each operation was done, and every failure.
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { createAuth, isAuthError } from "wispy-auth";

export interface SignUpWithoutPause {
  readonly url: string;
  readonly seconds: number;
  readonly callers: number;
  readonly signalFile: string;
}

export interface Journeys {
  readonly done: number;
  readonly failures: readonly string[];
}

const { url, seconds, callers, signalFile } = JSON.parse(process.argv[2]!) as SignUpWithoutPause;
const hasher = {
  hash: async () => "$hash",
  verify: async () => ({ valid: true, outdated: false }),
};
const auth = await createAuth({ database: url, password: { hasher } });
console.log("ready");
while (!existsSync(signalFile)) await sleep(2);
const end = performance.now() + seconds * 1000;
const failures: string[] = [];
let done = 0;

async function journey(): Promise<void> {
  const email = `${randomUUID()}@example.com`;
  const password = "correct horse battery";
  const { user, token } = await auth.signUp({ email, password });
  const other = await auth.signIn({ email, password });
  if ((await auth.getSession(token)) === null) throw new Error("the session is gone");
  if ((await auth.revokeOtherSessions({ userId: user.id, keepSessionId: other.session.id })) !== 1)
    throw new Error("the other session was not ended");
  if (!(await auth.signOut(other.token))) throw new Error("there was no session to end");
  done += 1;
}

async function caller(): Promise<void> {
  while (performance.now() < end) {
    await journey().catch((error: unknown) => {
      const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
      failures.push(isAuthError(error) ? `${error.code} ${cause?.code ?? ""}` : String(error));
    });
    await sleep(1);
  }
}

await Promise.all(Array.from({ length: callers }, caller));
await auth.close();
console.log(JSON.stringify({ done, failures: failures.slice(0, 20) } satisfies Journeys));
console.log("done");
