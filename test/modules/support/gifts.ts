import {
  AuthError,
  defineModule,
  implementRoute,
  insertInto,
  integer,
  expression,
  nullable,
  sql,
  statement,
  table,
  text,
  timestamp,
  uuid,
  type Migration,
  type Schema,
} from "wispy-auth/module";

/** A module that puts its hands on everything a module may: each new account gets a gift. */

const giftsTable = table("gifts", { id: uuid, userId: nullable(uuid), wish: text, givenAt: timestamp });

const createGifts: Migration = {
  number: 1,
  name: "gifts",
  postgres: [
    `create table {gifts} (
  id uuid not null, user_id uuid, wish text not null, given_at timestamptz not null,
  constraint {constraint:gifts_pkey} primary key (id)
)`,
    "create unique index {index:gifts_wish} on {gifts} (wish)",
  ],
  sqlite: [
    "create table {gifts} (id text primary key not null, user_id text, wish text not null, given_at integer not null)",
    "create unique index {index:gifts_wish} on {gifts} (wish)",
  ],
};

const insertGift = statement({
  id: "gifts.insert",
  params: { id: uuid, userId: nullable(uuid), wish: text, givenAt: timestamp },
  row: { id: giftsTable.id },
  sql: (p, row) => sql`${insertInto(giftsTable, p)} on conflict do nothing returning ${row}`,
});

const countGifts = statement({
  id: "gifts.count",
  params: { userId: uuid },
  row: { count: expression(integer, sql`count(*)`) },
  sql: (p, row) => sql`select ${row} from ${giftsTable} where ${giftsTable.userId} = ${p.userId}`,
});

const forgetOwner = statement({
  id: "gifts.forget_owner",
  params: { userId: uuid },
  sql: (p) => sql`update ${giftsTable} set "user_id" = null where ${giftsTable.userId} = ${p.userId}`,
});

const removeOrphans = statement({
  id: "gifts.remove_orphans",
  params: { limit: integer },
  sql: (p) =>
    sql`delete from ${giftsTable} where ${giftsTable.id} in (select ${giftsTable.id} from ${giftsTable} where ${giftsTable.userId} is null limit ${p.limit})`,
});

const wishSchema: Schema<string | undefined> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) =>
      value === undefined || (typeof value === "string" && value.length <= 20)
        ? { value }
        : { issues: [{ message: "must be a short wish" }] },
  },
};

export function gifts({ failAfterwards = false } = {}) {
  return defineModule({
    name: "gifts",
    migrations: [createGifts],
    tables: [giftsTable.info],
    statements: [insertGift, countGifts, forgetOwner, removeOrphans],
    errors: { "gifts.taken": { status: 409, title: "Somebody has wished for that already" } },
    eventTypes: ["gifts.given"],
    signUpFields: { wish: wishSchema },
    start({ database, clock, newId, recordEvent }) {
      const count = (userId: string): Promise<number> =>
        database.one(countGifts, { userId }).then((row) => row.count);
      return {
        api: { count },
        hooks: {
          signUp({ fields: { wish } }) {
            if (wish === undefined) return null;
            return ({ user, client }) => {
              const now = clock.now();
              return function* (tx) {
                const given = yield* tx.maybeOne(insertGift, {
                  id: newId(now),
                  userId: user.id,
                  wish,
                  givenAt: now,
                });
                if (given === null)
                  throw new AuthError("gifts.taken", { message: "That wish is taken", data: { wish } });
                yield* tx.all([
                  recordEvent({ type: "gifts.given", userId: user.id, occurredAt: now, client }),
                ]);
                if (failAfterwards) throw new Error("after the gift");
                return { wish };
              };
            };
          },
          userDeleted: ({ id }) =>
            function* (tx) {
              yield* tx.run(forgetOwner, { userId: id });
            },
        },
        routes: () => [
          implementRoute(
            {
              id: "gifts.count",
              method: "GET",
              path: "/gifts",
              summary: "How many gifts the user has",
              credential: "session",
              input: null,
              status: 200,
              output: countSchema,
              errors: [],
            },
            async ({ current }) => ({ body: { count: await count(current.user.id) } }),
          ),
        ],
        cleanUp: { orphans: (limit) => database.run(removeOrphans, { limit }) },
      };
    },
  });
}

const countSchema: Schema<{ readonly count: number }> = {
  "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as { count: number } }) },
};
