import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { cheapHasher, newCredentials, type TestAuth } from "../support/create-test-auth.ts";
import { createSqliteDatabase, type TestDatabase } from "../support/test-database.ts";

const changes = [
  "create table notes (id integer primary key, body text)",
  "alter table notes add column colour text",
  "alter table wispy_users add column nickname text",
  "create index users_nickname on wispy_users (nickname)",
  "drop index users_nickname",
  "alter table wispy_users drop column nickname",
  "alter table notes rename column colour to color",
  "alter table notes drop column color",
  "drop table notes",
  "analyze",
  "vacuum",
];

describe("DDL of the application while our statements are prepared", () => {
  let database: TestDatabase;
  let host: Database.Database;
  let other: Database.Database;
  let auth: TestAuth;
  beforeAll(async () => {
    database = await createSqliteDatabase();
    host = new Database(database.name);
    host.pragma("journal_mode = WAL");
    other = new Database(database.name);
    auth = await createAuth({ database: host, password: { hasher: cheapHasher } });
  });
  afterAll(async () => {
    await auth.close();
    host.close();
    other.close();
    await database.drop();
  });

  it.each(["the same handle", "another handle"])(
    "D4-47 sqlite-ddl-vs-cached-stmt: prepared statements go on working after DDL on %s",
    async (where) => {
      const { email, password } = newCredentials();
      const { user, token } = await auth.signUp({ email, password });
      for (const change of changes) {
        (where === "the same handle" ? host : other).exec(change);
        expect(await auth.getSession(token)).toMatchObject({ user: { id: user.id } });
        expect(await auth.signIn({ email, password })).toMatchObject({ user: { id: user.id } });
        expect(await auth.users.update(user.id, { name: change })).toMatchObject({ name: change });
      }
      expect(await auth.listSessions(user.id)).toHaveLength(1 + changes.length);
    },
  );

  it("D4-47 sqlite-ddl-vs-cached-stmt: DDL between the writes of many callers costs none of them anything", async () => {
    const done = await Promise.all(
      changes.map(async (change) => {
        const signedUp = auth.signUp(newCredentials());
        other.exec(change);
        return (await signedUp).user.id;
      }),
    );
    for (const id of done) expect(await auth.users.get(id)).not.toBeNull();
  });
});
