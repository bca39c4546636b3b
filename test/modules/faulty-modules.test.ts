import { randomUUID } from "node:crypto";
import { describe, expect, inject, it } from "vitest";
import {
  implementRoute,
  sql,
  statement,
  text,
  usersTable,
  type Module,
  type ModuleContext,
  type Schema,
  type StartedModule,
} from "wispy-auth/module";
import { moduleConformance } from "wispy-auth/testing";
import { driverHandle } from "../support/driver-handles.ts";
import { createPostgresDatabase, createSqliteDatabase, type TestDatabase } from "../support/test-database.ts";
import { runTests } from "./support/run-tests.ts";
import { gifts } from "./support/gifts.ts";

type Started = StartedModule<object, unknown, object>;

/** `gifts` with something wrong that shows once it is started. */
function startedWrong(change: (started: Started, context: ModuleContext) => Partial<Started>): Module {
  const module: Module = gifts();
  return {
    ...module,
    start(context) {
      const started = module.start(context);
      return { ...started, ...change(started, context) };
    },
  };
}

function migratedWrong(change: (texts: readonly string[]) => readonly string[]): Module {
  const module: Module = gifts();
  const migrations = module.migrations!.map((migration) => ({
    ...migration,
    postgres: change(migration.postgres),
    sqlite: change(migration.sqlite),
  }));
  return { ...module, migrations };
}

const everything = statement({
  id: "gifts.everything",
  params: {},
  row: { email: usersTable.email },
  sql: (_, row) => sql`select ${row}, * from ${usersTable}`,
});

const misfit = statement({
  id: "gifts.misfit",
  params: { colour: text },
  row: { email: usersTable.email },
  sql: (p, row) => sql`select ${row} from ${usersTable} where "colour" = ${p.colour}`,
});

const harmless = statement({
  id: "gifts.harmless",
  params: {},
  row: { email: usersTable.email },
  sql: (_, row) => sql`select ${row} from ${usersTable} where false`,
});

const withStatement = (added: NonNullable<Module["statements"]>[number]): Module => {
  const module: Module = gifts();
  return { ...module, statements: [...module.statements!, added] };
};

const nothingButTrue: Schema = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => (value === true ? { value } : { issues: [{ message: "must be true" }] }),
  },
};

/** What is wrong, the module, and the beginning of the test that must find it. */
const faults: readonly (readonly [fault: string, create: () => Module, found: string])[] = [
  ["a table that is not declared", () => ({ ...gifts(), tables: [] }), "adds to a database in use"],
  [
    "a column that is not declared",
    () => migratedWrong((texts) => [...texts, "alter table {gifts} add column colour text"]),
    "finds its tables as it declares them",
  ],
  [
    "a column for the core's table",
    () => migratedWrong((texts) => [...texts, "alter table {users} add column colour text"]),
    "adds to a database in use",
  ],
  [
    "an index whose name is its own",
    () => migratedWrong((texts) => [...texts, "create index colours on {gifts} (given_at)"]),
    "adds to a database in use",
  ],
  [
    "a migration that writes to the core",
    () => migratedWrong((texts) => [...texts, "update {users} set name = 'Ann'"]),
    "adds to a database in use",
  ],
  [
    "a migration that is never the same",
    () => migratedWrong((texts) => [...texts, `delete from {gifts} where wish = '${randomUUID()}'`]),
    "has the same migrations each time",
  ],
  ["a statement of all columns", () => withStatement(everything), "lists the columns"],
  ["a statement that fits no table", () => withStatement(misfit), "fits its statements"],
  [
    "a statement that is not declared",
    () =>
      startedWrong(({ hooks }, { database }) => ({
        hooks: {
          ...hooks,
          async signUp(draft) {
            await database.many(harmless, {});
            return hooks!.signUp!(draft);
          },
        },
      })),
    "runs no statement that it does not declare",
  ],
  [
    "text that is no statement",
    () =>
      startedWrong(({ hooks }) => ({
        hooks: {
          ...hooks,
          userCreated: () =>
            function* (tx) {
              yield* tx.raw("select 1 as one");
            },
        },
      })),
    "runs no statement that it does not declare",
  ],
  [
    "a script that remembers",
    () =>
      startedWrong(({ hooks }) => {
        let runs = 0;
        return {
          hooks: {
            ...hooks,
            userCreated: () =>
              function* (tx) {
                if ((runs += 1) % 2 === 0) yield* tx.many(harmless, {});
              },
          },
        };
      }),
    "makes an account the same when its transaction is run again",
  ],
  [
    "a change of a user that is counted outside the database",
    () =>
      startedWrong(({ hooks }) => {
        let changes = 0;
        return {
          hooks: {
            ...hooks,
            userChanged: () =>
              function* (tx) {
                if ((changes += 1) % 2 === 0) yield* tx.many(harmless, {});
              },
          },
        };
      }),
    "takes part in what becomes of an account",
  ],
  [
    "users who are remembered when they are gone",
    () => startedWrong(({ hooks }) => ({ hooks: { ...hooks, userDeleted: () => function* () {} } })),
    "names nobody who is gone",
  ],
  [
    "an event with an e-mail address",
    () =>
      startedWrong(({ hooks }, { clock, recordEvent }) => ({
        hooks: {
          ...hooks,
          userCreated: ({ user }) =>
            function* (tx) {
              const data = { to: user.email };
              yield* tx.all([
                recordEvent({ type: "gifts.given", userId: user.id, occurredAt: clock.now(), data }),
              ]);
            },
        },
      })),
    "keeps no secret of a user",
  ],
  [
    "a hook that writes before the sign-up",
    () =>
      startedWrong(({ hooks }, { database, newId, clock }) => ({
        hooks: {
          ...hooks,
          async signUp(draft) {
            const [insert] = gifts().statements!;
            const gift = { id: newId(clock.now()), userId: null, wish: randomUUID(), givenAt: clock.now() };
            await database.run(insert as never, gift as never);
            return hooks!.signUp!(draft);
          },
        },
      })),
    "leaves nothing when the address is taken",
  ],
  [
    "a route that falls over what it is sent",
    () =>
      startedWrong(({ routes }) => ({
        routes: async () =>
          (await routes!()).map((route) => ({
            ...route,
            handle: (call) => {
              if (call.query["page"] !== undefined) BigInt(call.query["page"]);
              return route.handle(call);
            },
          })),
      })),
    "answers problem+json to whatever is malformed",
  ],
  [
    "a route that answers something else",
    () =>
      startedWrong(({ routes }) => ({
        routes: async () =>
          (await routes!()).map((route) =>
            implementRoute({ ...route, output: nothingButTrue }, async () => ({ body: { count: 7 } })),
          ),
      })),
    "answers what it describes",
  ],
  [
    "a clean-up without an end",
    () => startedWrong(() => ({ cleanUp: { orphans: async () => 1 } })),
    "cleans up in bounded batches",
  ],
  [
    "a clean-up without a bound",
    () => startedWrong(() => ({ cleanUp: { orphans: async () => 2 } })),
    "cleans up in bounded batches",
  ],
];

/** The names of the tests that a module fails. */
async function failuresOf(
  create: () => Module,
  { driver, wanted }: { readonly driver: string; readonly wanted?: string },
): Promise<readonly string[]> {
  const handle = driverHandle(driver);
  const databases: TestDatabase[] = [];
  const samples = {
    signUp: () => ({ wish: randomUUID().slice(0, 20) }) as object,
    requests: { "gifts.count": () => ({}) },
  };
  const open = async () => {
    const database = await (handle.dialect === "postgres"
      ? createPostgresDatabase({ server: inject("postgres") })
      : createSqliteDatabase());
    databases.push(database);
    return handle.open(handle.dialect === "postgres" ? database.url : database.name);
  };
  const failures = await runTests(
    (test) => moduleConformance({ name: "gifts", create, open, samples, test }),
    wanted === undefined ? {} : { wanted },
  );
  for (const database of databases) await database.drop();
  return failures;
}

describe("the conformance suite for modules", () => {
  it.each(faults)("finds %s", async (_, create, wanted) => {
    const failures = await failuresOf(create, { driver: "better-sqlite3", wanted });
    expect(failures.filter((name) => name.startsWith(wanted))).not.toEqual([]);
  });

  // What is looked at in other ways there: the catalogue, the plan of a statement, a transaction that is run again.
  it.each(faults.filter(([, , wanted]) => /^(adds|finds|fits|makes)/.test(wanted)))(
    "finds %s on PostgreSQL",
    async (_, create, wanted) => {
      const failures = await failuresOf(create, { driver: "pg.Pool", wanted });
      expect(failures.filter((name) => name.startsWith(wanted))).not.toEqual([]);
    },
  );

  it("finds nothing where nothing is wrong", async () => {
    expect(await failuresOf(() => gifts(), { driver: "better-sqlite3" })).toEqual([]);
  });
});
