// One of many instances of an application on which somebody guesses. Arguments: a JSON object of the type below.
// Prints how many passwords were really tried, and how often each answer came.
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { createAuth, isAuthError } from "wispy-auth";

export interface GuessPasswords {
  readonly url: string;
  readonly email: string;
  readonly guesses: number;
  readonly signalFile: string;
}

export interface GuessReport {
  readonly tried: number;
  readonly answers: Readonly<Record<string, number>>;
}

const { url, email, guesses, signalFile } = JSON.parse(process.argv[2]!) as GuessPasswords;
let tried = 0;
const hasher = {
  hash: async () => "unused",
  verify: async (hash: string | null) => {
    if (hash !== null) tried += 1;
    return { valid: false, outdated: false };
  },
};
const auth = await createAuth({ database: url, password: { hasher } });
console.log("ready");
while (!existsSync(signalFile)) await sleep(2);
const answers: Record<string, number> = {};
await Promise.all(
  Array.from({ length: guesses }, async (_, i) => {
    const code = await auth.signIn({ email, password: `wrong guess ${String(i)}` }).then(
      () => "none",
      (error: unknown) => (isAuthError(error) ? error.code : String(error)),
    );
    answers[code] = (answers[code] ?? 0) + 1;
  }),
);
await auth.close();
console.log(JSON.stringify({ tried, answers } satisfies GuessReport));
console.log("done");
