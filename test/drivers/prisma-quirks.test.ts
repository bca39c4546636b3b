import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import { PrismaPg } from "@prisma/adapter-pg";
import Database from "better-sqlite3";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { PrismaClient as PostgresClient } from "../../examples/with-prisma/generated/postgres/client.ts";
import { PrismaClient as SqliteClient } from "../../examples/with-prisma/generated/sqlite/client.ts";
import { classifyFailure } from "../../src/database/dialects/failure.ts";
import { codedPrismaError } from "../../src/database/drivers/prisma-errors.ts";
import { cheapHasher, createTestAuth, newCredentials, type TestAuth } from "../support/create-test-auth.ts";
import { forEachDatabase, type SuiteContext } from "../support/for-each-database.ts";
import { findFreePort } from "../support/free-port.ts";
import { postgresUrl } from "../support/postgres-server.ts";

// Prisma's own 2 and 5 seconds are short for a machine that does much else.
const transactionOptions = { maxWait: 20_000, timeout: 20_000 };

/** The part of both clients that the tests use; each is generated for one database. */
type Client = PostgresClient & SqliteClient;

function openPrisma({ dialect, database }: Pick<SuiteContext, "dialect" | "database">): Client {
  return (
    dialect === "postgres"
      ? new PostgresClient({
          adapter: new PrismaPg({ connectionString: database.url, max: 3 }),
          transactionOptions,
        })
      : new SqliteClient({
          adapter: new PrismaBetterSqlite3({ url: `file:${database.name}` }),
          transactionOptions,
        })
  ) as Client;
}

const refuses = (code: string): unknown => expect.objectContaining({ code });
const changedItsMind = new Error("changed its mind");

forEachDatabase("a transaction of Prisma's", (ctx) => {
  let prisma: Client;
  let auth: TestAuth;
  beforeAll(async () => {
    await ctx.host.query("create table organisations (name text primary key, owner_id text)");
    prisma = openPrisma(ctx);
    ctx.onSuiteEnd(() => prisma.$disconnect());
    // On what Prisma's own connections lead to as well.
    auth = await createTestAuth(ctx);
  });

  async function signUpAndFound(name: string, fail: boolean): Promise<ReturnType<typeof newCredentials>> {
    const credentials = newCredentials();
    const prepared = await auth.prepareSignUp(credentials);
    const founding = prisma.$transaction(async (tx) => {
      await tx.$executeRawUnsafe(`insert into organisations (name) values ('${name}')`);
      const { user, session, token } = await auth.within(tx).signUp(prepared);
      expect((await auth.within(tx).users.get(user.id))?.email).toBe(credentials.email);
      if (fail) throw changedItsMind;
      return { user, session, token };
    });
    if (fail) {
      await expect(founding).rejects.toBe(changedItsMind);
    } else {
      const { user, session, token } = await founding;
      expect(await auth.getSession(token)).toEqual({ user, session });
    }
    return credentials;
  }

  const organisations = (name: string): Promise<unknown[]> =>
    prisma.$queryRawUnsafe(`select name from organisations where name = '${name}'`);

  it("commits our rows with the application's, or neither", async () => {
    const undone = await signUpAndFound("Undone", true);
    expect(await auth.users.getByEmail(undone.email)).toBeNull();
    expect(await organisations("Undone")).toEqual([]);
    const kept = await signUpAndFound("Kept", false);
    expect((await auth.signIn(kept)).user.email).toBe(kept.email);
    expect(await organisations("Kept")).toHaveLength(1);
  });

  it("goes on after an address that is taken", async () => {
    const credentials = newCredentials();
    await auth.signUp(credentials);
    const prepared = await auth.prepareSignUp(credentials);
    await prisma.$transaction(async (tx) => {
      await expect(auth.within(tx).signUp(prepared)).rejects.toEqual(refuses("user_exists"));
      await tx.$executeRawUnsafe("insert into organisations (name) values ('Went on')");
    });
    expect(await organisations("Went on")).toHaveLength(1);
  });

  it("undoes with an inner one what was joined to it", async () => {
    const [kept, undone] = [newCredentials(), newCredentials()];
    const [keep, undo] = [await auth.prepareSignUp(kept), await auth.prepareSignUp(undone)];
    await prisma.$transaction(async (tx) => {
      await auth.within(tx).signUp(keep);
      const inner = tx.$transaction(async (nested) => {
        await auth.within(nested).signUp(undo);
        throw changedItsMind;
      });
      await expect(inner).rejects.toBe(changedItsMind);
    });
    expect((await auth.users.getByEmail(kept.email))?.email).toBe(kept.email);
    expect(await auth.users.getByEmail(undone.email)).toBeNull();
  });

  it("is one until its callback returns, or its time is over", async () => {
    const { id } = (await auth.signUp(newCredentials())).user;
    let over: object | undefined;
    await prisma.$transaction(async (tx) => void (over = tx));
    await expect(auth.within(over).users.get(id)).rejects.toEqual(refuses("transaction_required"));
    const late = prisma.$transaction(
      async (tx) => {
        const ask = (): Promise<unknown> => tx.$queryRawUnsafe("select 1").catch(() => "over");
        await expect.poll(ask, { timeout: 20_000 }).toBe("over");
        return auth.within(tx).users.get(id);
      },
      { timeout: 20 },
    );
    await expect(late).rejects.toEqual(refuses("transaction_required"));
  });

  it("is no database, and the client is no transaction", async () => {
    expect(() => auth.within(prisma)).toThrow(refuses("transaction_required") as Error);
    await prisma.$transaction(async (tx) => {
      await expect(createAuth({ database: tx })).rejects.toEqual(refuses("unsupported_handle"));
    });
  });

  it("may be that of a client with extensions", async () => {
    const extended = prisma.$extends({ query: { $allOperations: ({ args, query }) => query(args) } });
    const credentials = newCredentials();
    const prepared = await auth.prepareSignUp(credentials);
    const { token } = await extended.$transaction((tx) => auth.within(tx).signUp(prepared));
    expect((await auth.getSession(token))?.user.email).toBe(credentials.email);
  });

  if (ctx.dialect === "postgres") {
    it("needs no other handle than its client", async () => {
      const own = await createAuth({ database: prisma, password: { hasher: cheapHasher } });
      expect(own.database.native).toBe(prisma);
      expect(own.database.stats()).toMatchObject({ driver: "prisma", naming: "unnamed" });
      const { token } = await own.signUp(newCredentials());
      await prisma.$disconnect(); // Prisma connects again by itself
      expect(await own.getSession(token)).not.toBeNull();
      await own.close();
    });
    return;
  }

  it("swallows what is written beside it, so that its client is refused", async () => {
    const message = expect.stringMatching(/hand over a better-sqlite3 Database/) as string;
    await expect(createAuth({ database: prisma })).rejects.toMatchObject({
      code: "unsupported_handle",
      message,
    });
    // The reason. Once this fails, @prisma/adapter-better-sqlite3 keeps them apart, and the client can be taken.
    const rolledBack = prisma.$transaction(async () => {
      await prisma.$executeRawUnsafe("insert into organisations (name) values ('Beside')");
      throw changedItsMind;
    });
    await expect(rolledBack).rejects.toBe(changedItsMind);
    expect(await organisations("Beside")).toEqual([]);
  });

  it("has the file alone while it writes, and a handle without patience of its own waits for it", async () => {
    const own = new Database(ctx.database.name, { timeout: 0 });
    const beside = await createTestAuth(ctx, { database: own });
    const credentials = newCredentials();
    const prepared = await auth.prepareSignUp(newCredentials());
    let signUp: Promise<unknown> | undefined;
    await prisma.$transaction(async (tx) => {
      await auth.within(tx).signUp(prepared);
      signUp = beside.signUp(credentials);
      await new Promise(setImmediate);
      await tx.$executeRawUnsafe("insert into organisations (name) values ('Meanwhile')");
    });
    await signUp;
    expect((await auth.signIn(credentials)).user.email).toBe(credentials.email);
    await beside.close();
    own.close();
  });
});

describe("an error of Prisma's", () => {
  const url = (): string => postgresUrl(inject("postgres"), "postgres");
  const failureOf = async (work: Promise<unknown>): Promise<unknown> => {
    const error = await work.then(
      () => undefined,
      (reason: unknown) => codedPrismaError(reason),
    );
    return [(error as { code?: unknown }).code, classifyFailure(error).kind];
  };

  it("keeps the database's code, and none of the values that the database quotes", async () => {
    const prisma = new PostgresClient({ adapter: new PrismaPg(url()) });
    const raise = (code: string): Promise<unknown> =>
      prisma.$executeRawUnsafe(
        `do $$ begin raise exception 'no' using errcode = '${code}', detail = 'Key (email)=(ann@example.com)'; end $$`,
      );
    expect(await failureOf(raise("23505"))).toEqual(["23505", "other"]);
    expect(await failureOf(raise("40001"))).toEqual(["40001", "conflict"]);
    expect(await failureOf(raise("40P01"))).toEqual(["40P01", "conflict"]);
    expect(await failureOf(raise("53300"))).toEqual(["53300", "unavailable"]);
    expect(await failureOf(raise("25P02"))).toEqual(["25P02", "other"]);
    const error = await raise("22000").catch(codedPrismaError);
    expect(JSON.stringify((error as Error).cause)).not.toContain("ann@example.com");
    expect(await failureOf(prisma.$queryRawUnsafe("select pg_terminate_backend(pg_backend_pid())"))).toEqual([
      "57P01",
      "lost",
    ]);
    await prisma.$disconnect();
  });

  it("is told in other places by engines without adapters", () => {
    const of = (fields: object): unknown => codedPrismaError(Object.assign(new Error("no"), fields));
    expect(of({ code: "P2010", meta: { code: "23505", message: "no" } })).toEqual(refuses("23505"));
    expect(of({ errorCode: "P1001" })).toEqual(refuses("ECONNREFUSED"));
    expect(of({ code: "P1017" })).toEqual(refuses("ECONNRESET"));
    expect(of({ code: "P2034" })).toEqual(refuses("40001"));
    expect(of({ code: "P2024" })).toEqual(refuses("connection_timeout"));
  });

  it("tells a server that was not reached from one that left", async () => {
    const port = await findFreePort();
    const adapter = new PrismaPg(`postgres://ann@127.0.0.1:${String(port)}/app`);
    const prisma = new PostgresClient({ adapter });
    expect(await failureOf(prisma.$queryRawUnsafe("select 1"))).toEqual(["ECONNREFUSED", "unavailable"]);
    expect(await failureOf(prisma.$transaction(async () => undefined))).toEqual([
      "ECONNREFUSED",
      "unavailable",
    ]);
    await prisma.$disconnect();
  });
});
