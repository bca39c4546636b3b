import {
  AuthError,
  createToken,
  defineModule,
  implementRoute,
  insertInto,
  sql,
  statement,
  table,
  text,
  uuid,
  type Migration,
  type ModuleContext,
  type PendingOperation,
  type StepRequest,
  type Transaction,
  type Script,
} from "wispy-auth/module";

/** A module that stands before every session: users with certain names need a ticket, or are turned away. */

const ticketsTable = table("tickets", { token: text, userId: uuid });
const diaryTable = table("diary", { id: uuid, entry: text });

const createKeeper: Migration = {
  number: 1,
  name: "keeper",
  postgres: [
    "create table {tickets} (token text not null, user_id uuid not null, constraint {constraint:tickets_pkey} primary key (token))",
    "create table {diary} (id uuid not null, entry text not null, constraint {constraint:diary_pkey} primary key (id))",
  ],
  sqlite: [
    "create table {tickets} (token text primary key not null, user_id text not null)",
    "create table {diary} (id text primary key not null, entry text not null)",
  ],
};

const insertTicket = statement({
  id: "keeper.insert",
  params: { token: text, userId: uuid },
  sql: (p) => insertInto(ticketsTable, p),
});
const findTicket = statement({
  id: "keeper.find",
  params: { token: text },
  row: { userId: ticketsTable.userId },
  sql: (p, row) => sql`select ${row} from ${ticketsTable} where ${ticketsTable.token} = ${p.token}`,
});
const useTicket = statement({
  id: "keeper.use",
  params: { token: text },
  row: { userId: ticketsTable.userId },
  sql: (p, row) => sql`delete from ${ticketsTable} where ${ticketsTable.token} = ${p.token} returning ${row}`,
});
const writeDiary = statement({
  id: "keeper.write",
  params: { id: uuid, entry: text },
  sql: (p) => insertInto(diaryTable, p),
});
const readDiary = statement({
  id: "keeper.read",
  params: {},
  row: { entry: diaryTable.entry },
  sql: (_, row) => sql`select ${row} from ${diaryTable} order by ${diaryTable.id}`,
});

export function keeper<const Holds extends PendingOperation = "signIn" | "signUp">({
  name = "keeper",
  holdsUp,
}: { readonly name?: "keeper"; readonly holdsUp?: readonly Holds[] } = {}) {
  return defineModule({
    name,
    holdsUp: holdsUp ?? (["signIn", "signUp"] as unknown as readonly Holds[]),
    migrations: [createKeeper],
    tables: [ticketsTable.info, diaryTable.info],
    statements: [insertTicket, findTicket, useTicket, writeDiary, readDiary],
    errors: {
      "keeper.banned": { status: 403, title: "Turned away" },
      "keeper.used": { status: 409, title: "The ticket was used" },
    },
    start(context) {
      const refused = new Set<string>();
      return {
        api: { ...keeperApi(context), refuse: (account: string) => void refused.add(account) },
        provides: { nameOf: () => "keeper" },
        hooks: {
          attempted({ account }) {
            if (account === null || !refused.has(account)) return;
            throw new AuthError("too_many_requests", { message: "Wait", data: { retryAfterSeconds: 7 } });
          },
          signIn: ({ user, passed, isNew }) =>
            function* (tx) {
              if (user.name === "banned") throw new AuthError("keeper.banned", { message: "Not you" });
              if (user.name !== "guarded") return null;
              yield* write(context, tx, `held ${isNew ? "new" : "known"} after ${passed.join("+")}`);
              return yield* issue(context, tx, user.id);
            },
          addressTaken: () =>
            function* (tx) {
              return yield* issue(context, tx, null);
            },
          sessionOpened: ({ method }) =>
            function* (tx) {
              yield* write(context, tx, `opened ${method}`);
            },
          userChanged: ({ what }) =>
            function* (tx) {
              yield* write(context, tx, `changed ${what}`);
            },
        },
        routes: () => [routeOf(context)],
      };
    },
  });
}

function* issue(
  { random, clock }: ModuleContext,
  tx: Transaction,
  userId: string | null,
): Script<StepRequest> {
  const { token } = createToken("ticket", random);
  if (userId !== null) yield* tx.run(insertTicket, { token, userId });
  const expiresAt = new Date(clock.now().getTime() + 60_000);
  return { methods: ["ticket"], token, expiresAt };
}

function* write({ newId, clock }: ModuleContext, tx: Transaction, entry: string): Script<void> {
  yield* tx.run(writeDiary, { id: newId(clock.now()), entry });
}

function keeperApi({ database, accounts }: ModuleContext) {
  const answer = async (token: string) => {
    const ticket = await database.maybeOne(findTicket, { token });
    if (ticket === null) throw new AuthError("keeper.used", { message: "No such ticket" });
    return accounts.openSession({
      userId: ticket.userId,
      method: "ticket",
      script: () =>
        function* (tx) {
          const used = yield* tx.maybeOne(useTicket, { token });
          if (used === null) throw new AuthError("keeper.used", { message: "No such ticket" });
        },
    });
  };
  return {
    answer,
    accounts,
    enter: (userId: string, passed: readonly string[] = []) =>
      accounts.openSession({ userId, method: "enter", passed }),
    diary: async () => (await database.many(readDiary, {})).map(({ entry }) => entry),
    change: <T>(script: Parameters<typeof database.transaction<T>>[0]) => database.transaction(script),
  };
}

function routeOf(context: ModuleContext) {
  const { answer } = keeperApi(context);
  return implementRoute(
    {
      id: "keeper.answer",
      method: "POST",
      path: "/keeper",
      summary: "Show the ticket",
      credential: "optional",
      input: null,
      status: 200,
      output: "signedIn",
      errors: ["keeper.used"],
    },
    async (call) => context.answerSignIn(call, await answer(call.context.cookies?.["keeper"] ?? "")),
  );
}
