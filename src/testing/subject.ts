import { randomUUID } from "node:crypto";
import { createAuth, type Auth } from "../auth.ts";
import { argon2idHasher } from "../crypto/password-hasher.ts";
import { connect } from "../database/connect.ts";
import type { Database } from "../database/database.ts";
import type { HostDatabase } from "./host-database.ts";
import type { TestRunner } from "./test-runner.ts";

/** What a section of the suite works on. All but `test` exists while tests run, not while they are collected. */
export interface Subject {
  readonly test: TestRunner;
  readonly host: HostDatabase;
  readonly auth: Auth;
  /** Tables of the suite's own on the same handle, for what no operation of an `Auth` reaches alone. */
  readonly data: Database;
}

/** A handle with everything on it, opened before the first test of a group and closed after its last. */
export function prepareSubject(test: TestRunner, open: () => Promise<HostDatabase>): Subject {
  let parts: Omit<Subject, "test"> | undefined;
  test.beforeAll(async () => {
    const host = await open();
    parts = { host, auth: await startAuth(host), data: await connect(host.database, ownTables) };
  });
  test.afterAll(async () => {
    await parts?.data.close();
    await parts?.auth.close();
    await parts?.host.close();
  });
  const opened = (): Omit<Subject, "test"> => {
    if (parts === undefined) throw new Error("The handle could not be opened");
    return parts;
  };
  return {
    test,
    get host() {
      return opened().host;
    },
    get auth() {
      return opened().auth;
    },
    get data() {
      return opened().data;
    },
  };
}

const ownTables = { namespace: { schema: "public", prefix: "conformance_" } } as const;

/** An `Auth` whose hashing costs next to nothing. */
export function startAuth(host: HostDatabase): Promise<Auth> {
  const hasher = argon2idHasher({ memoryKiB: 8, passes: 1 });
  return createAuth({ database: host.database, password: { hasher } });
}

/** An address and a password that no other test has. */
export function newCredentials(): { readonly email: string; readonly password: string } {
  return { email: `${randomUUID()}@example.com`, password: `correct horse ${randomUUID()}` };
}

/** The results of `count` calls made at once. */
export function allAtOnce<T>(count: number, call: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => call(index)));
}

/** The one number of the one row of a `select count(*)`. */
export async function countRows(host: Pick<HostDatabase, "query">, from: string): Promise<number> {
  const rows = await host.query(`select count(*) as n from ${from}`);
  return Number(Object.values(rows[0] ?? {})[0]);
}
