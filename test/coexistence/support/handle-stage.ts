import { afterAll, beforeAll, inject } from "vitest";
import { createAuth, type Auth } from "wispy-auth";
import type { HostDatabase } from "wispy-auth/testing";
import { cheapHasher, newCredentials } from "../../support/create-test-auth.ts";
import type { DriverHandle } from "../../support/driver-handles.ts";
import {
  createPostgresDatabase,
  createSqliteDatabase,
  type TestDatabase,
} from "../../support/test-database.ts";
import type { TestHost } from "../../support/test-host.ts";

/** A handle that is lent, and somebody else who works on the same database meanwhile. */
export interface HandleStage {
  readonly handle: DriverHandle;
  readonly address: string;
  readonly host: HostDatabase;
  readonly auth: Auth;
  /** The database itself; `null` where it lives inside the process, with the handle as its only door. */
  readonly database: TestDatabase | null;
  /** Runs a statement beside the handle, or on it where there is nothing beside it. */
  beside(text: string): Promise<unknown>;
  /** Signs up, signs in, looks at sessions, changes the password and signs out; throws what goes wrong. */
  journey(): Promise<void>;
}

/** Opens a handle before the tests of the suite, with an `Auth` on it. Not to be asked before that. */
export function stageOf(handle: DriverHandle, options: { readonly max?: number } = {}): () => HandleStage {
  let stage: HandleStage | undefined;
  const cleanUps: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    const database = handle.opens === "nothing" ? null : await createDatabase(handle);
    if (database) cleanUps.push(() => database.drop());
    const address = database === null ? "" : handle.opens === "url" ? database.url : database.name;
    const host = await handle.open(address, options);
    cleanUps.push(() => host.close());
    const auth = await createAuth({
      database: host.database,
      password: { hasher: cheapHasher },
      log: () => undefined,
    });
    cleanUps.push(() => auth.close());
    const other: TestHost | undefined = database?.open();
    const beside = (text: string): Promise<unknown> => (other ? other.query(text) : host.query(text));
    stage = { handle, address, host, auth, database, beside, journey: () => travel(auth) };
  });
  afterAll(async () => {
    for (const clean of cleanUps.reverse()) await clean();
  });
  return () => stage!;
}

function createDatabase({ opens }: DriverHandle): Promise<TestDatabase> {
  return opens === "url" ? createPostgresDatabase({ server: inject("postgres") }) : createSqliteDatabase();
}

async function travel(auth: Auth): Promise<void> {
  const account = newCredentials();
  await auth.signUp(account);
  const { token, user } = await auth.signIn(account);
  const current = await auth.getSession(token);
  if (current?.user.id !== user.id) throw new Error("The session is not there");
  const password = `${account.password}!`;
  const changed = await auth.changePassword({
    token,
    currentPassword: account.password,
    newPassword: password,
  });
  if ((await auth.listSessions(user.id)).length !== 1) throw new Error("Other sessions are still there");
  await auth.users.update(user.id, { name: "Somebody" });
  if (!(await auth.signOut(changed.token))) throw new Error("The session could not be ended");
}

/** Travels again and again, by a few at once, while `work` is under way; throws what went wrong. */
export async function travelWhile(stage: HandleStage, work: () => Promise<void>): Promise<void> {
  let busy = true;
  const travellers = Array.from({ length: 3 }, async () => {
    do await stage.journey();
    while (busy);
  });
  try {
    await work();
  } finally {
    busy = false;
  }
  await Promise.all(travellers);
}
