// The tests that every module must pass, by the runner of Node.js. On SQLite, and with DATABASE_URL on PostgreSQL, in
// databases that are made for them there and dropped again.
import Database from "better-sqlite3";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import pg from "pg";
import {
  moduleConformance,
  runSteps,
  runStepsAtOnce,
  type HostDatabase,
  type HostRow,
  type HostTransaction,
  type ModuleSamples,
  type TransactionSteps,
} from "wispy-auth/testing";
import { consents } from "./consents/consents.ts";

const createConsents = () =>
  consents({
    documents: {
      terms: { version: "2", url: "/terms", required: true },
      newsletter: { version: "1", url: "/newsletter" },
    },
  });

const versions = { terms: "2", newsletter: "1" };

const samples: ModuleSamples<ReturnType<typeof createConsents>> = {
  signUp: () => ({ acceptedVersions: { terms: "2" } }),
  refusedSignUps: {
    "nothing accepted": { acceptedVersions: {} },
    "a version that is not in force": { acceptedVersions: { terms: "1" } },
    "a document that there is not": { acceptedVersions: { terms: "2", cookies: "1" } },
    "a list in the place of versions": { acceptedVersions: ["terms"] },
  },
  calls: {
    "accept, withdraw and accept again": async ({ auth, userId }) => {
      await auth.consents.accept({ userId, versions });
      await auth.consents.withdraw({ userId, document: "newsletter" });
      await auth.consents.accept({ userId, versions });
    },
    "what was said": async ({ auth, userId }) => {
      await auth.consents.list(userId);
      await auth.consents.missing(userId);
      await auth.consents.history(userId);
    },
  },
  requests: {
    "consents.documents": () => ({}),
    "consents.list": () => ({}),
    "consents.accept": () => ({ body: { versions } }),
    "consents.history": () => ({}),
    "consents.withdraw": async ({ auth, userId }) => {
      await auth.consents.accept({ userId, versions });
      return { params: { document: "newsletter" } };
    },
  },
};

function openSqlite(): HostDatabase {
  const database = new Database(":memory:");
  const query = (text: string): HostRow[] => {
    const statement = database.prepare<[], HostRow>(text);
    if (statement.reader) return statement.all();
    statement.run();
    return [];
  };
  return {
    dialect: "sqlite",
    database,
    oneConnection: true,
    query: async (text) => query(text),
    inTransaction: async (steps) =>
      database.transaction(() => runStepsAtOnce(steps({ handle: database, query })))(),
    close: async () => void database.close(),
  };
}

async function openPostgres(server: string): Promise<HostDatabase> {
  const admin = new pg.Pool({ connectionString: server, max: 1 });
  const name = `consents_${randomUUID().replaceAll("-", "")}`;
  await admin.query(`create database ${name}`);
  const url = new URL(server);
  url.pathname = name;
  const pool = new pg.Pool({ connectionString: url.href, max: 3 });
  pool.on("error", console.error);
  return {
    dialect: "postgres",
    database: pool,
    query: async (text) => (await pool.query<HostRow>(text)).rows,
    inTransaction: (steps) => inTransaction(pool, steps),
    async close() {
      if (pool.ended) return;
      await pool.end();
      await admin.query(`drop database ${name}`);
      await admin.end();
    },
  };
}

async function inTransaction<T>(
  pool: pg.Pool,
  steps: (transaction: HostTransaction) => TransactionSteps<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    const query = async (text: string): Promise<HostRow[]> => (await client.query<HostRow>(text)).rows;
    const value = await runSteps(steps({ handle: client, query }));
    await client.query("commit");
    return value;
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

const test = { describe, it, beforeAll: before, afterAll: after };
const url = process.env["DATABASE_URL"];

moduleConformance({
  name: "consents on SQLite",
  create: createConsents,
  open: async () => openSqlite(),
  samples,
  test,
});
if (url) {
  moduleConformance({
    name: "consents on PostgreSQL",
    create: createConsents,
    open: () => openPostgres(url),
    samples,
    test,
  });
}
