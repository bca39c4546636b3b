/** Names of eleven modules that other people might have written. */
export const MODULES = [
  "badges",
  "billing",
  "consents",
  "coupons",
  "greetings",
  "invoices",
  "newsletter",
  "notes",
  "profiles",
  "surveys",
  "teams",
];

/** @param {string} name @returns {string} A module with a table, statements, sign-up fields, an answer, an API and a route. */
export function thirdPartyModule(name) {
  return `
import {
  AuthError, defineModule, expression, implementRoute, insertInto, integer, nullable, sql, statement, table, text,
  timestamp, uuid, type Schema,
} from "wispy-auth/module";

const ${name}Table = table("${name}", { id: uuid, userId: uuid, title: text, note: nullable(text), createdAt: timestamp });

const insert = statement({
  id: "${name}.insert",
  params: { id: uuid, userId: uuid, title: text, note: nullable(text), createdAt: timestamp },
  sql: (p) => insertInto(${name}Table, p),
});

const list = statement({
  id: "${name}.list",
  params: { userId: uuid, limit: integer },
  row: { id: ${name}Table.id, title: ${name}Table.title, note: ${name}Table.note, createdAt: ${name}Table.createdAt },
  sql: (p, row) => sql\`select \${row} from \${${name}Table} where \${${name}Table.userId} = \${p.userId} limit \${p.limit}\`,
});

const count = statement({
  id: "${name}.count",
  params: { userId: uuid },
  row: { count: expression(integer, sql\`count(*)\`) },
  sql: (p, row) => sql\`select \${row} from \${${name}Table} where \${${name}Table.userId} = \${p.userId}\`,
});

const title: Schema<string> = {
  "~standard": {
    version: 1,
    vendor: "${name}",
    validate: (value) => (typeof value === "string" ? { value } : { issues: [{ message: "must be a text" }] }),
  },
};
const note: Schema<string | undefined> = {
  "~standard": { version: 1, vendor: "${name}", validate: (value) => ({ value: value as string | undefined }) },
};
const counted: Schema<{ readonly count: number }> = {
  "~standard": { version: 1, vendor: "${name}", validate: (value) => ({ value: value as { count: number } }) },
};

export interface ${name}Options {
  readonly limit?: number;
}

export function ${name}({ limit = 50 }: ${name}Options = {}) {
  return defineModule({
    name: "${name}",
    tables: [${name}Table.info],
    statements: [insert, list, count],
    errors: { "${name}.full": { status: 409, title: "There are enough" } },
    eventTypes: ["${name}.added"],
    signUpFields: { ${name}Title: title, ${name}Note: note },
    start: ({ database, clock, newId, recordEvent }) => {
      const add = async (userId: string, input: { readonly title: string; readonly note?: string }) => {
        const now = clock.now();
        const id = newId(now);
        await database.run(insert, { id, userId, title: input.title, note: input.note ?? null, createdAt: now });
        return { id, createdAt: now };
      };
      return {
        api: {
          add,
          list: (userId: string) => database.many(list, { userId, limit }),
          count: async (userId: string) => (await database.one(count, { userId })).count,
        },
        hooks: {
          signUp: ({ fields }) => ({ user }) => {
            const createdAt = clock.now();
            return function* (tx) {
              if (fields.${name}Title === "") throw new AuthError("${name}.full", { message: "Enough" });
              const row = { id: newId(createdAt), userId: user.id, title: fields.${name}Title, createdAt };
              yield* tx.all([
                insert.with({ ...row, note: fields.${name}Note ?? null }),
                recordEvent({ type: "${name}.added", userId: user.id, occurredAt: createdAt }),
              ]);
              return { title: row.title, at: createdAt };
            };
          },
        },
        routes: () => [
          implementRoute(
            {
              id: "${name}.count",
              method: "GET",
              path: "/${name}",
              summary: "How many there are",
              credential: "session",
              input: null,
              status: 200,
              output: counted,
              errors: [],
            },
            async ({ current }) => ({ body: { count: (await database.one(count, { userId: current.user.id })).count } }),
          ),
        ],
      };
    },
  });
}
`;
}

/**
 * A program that uses everything that its modules add, and does not compile if any of it is `any` or less than exact.
 *
 * @param {string[]} modules
 */
export function hostOf(modules) {
  const others = modules.filter((name) => name !== "referrals");
  const imports = modules.map((name) =>
    name === "referrals"
      ? 'import { referrals } from "wispy-auth/referrals";'
      : `import { ${name} } from "./${name}.js";`,
  );
  const fields = others.map((name) => `${name}Title: "a title", ${name}Note: undefined`);
  if (modules.includes("referrals")) fields.unshift('referralCode: "a code"');
  return `
import { createAuth } from "wispy-auth";
${imports.join("\n")}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function exactly<Expected>() {
  return <Given>(_value: Given, _same: Same<Given, Expected>): void => undefined;
}

export const auth = await createAuth({ database: "sqlite::memory:", modules: [${modules.map((name) => `${name}()`).join(", ")}] });
const account = { email: "ada@example.com", password: "correct horse", ${fields.join(", ")} };
const made = await auth.signUp(account);
const prepared = await auth.prepareSignUp(account);
const again = await auth.signUp(prepared);
exactly<string>()(made.user.id, true);
exactly<string>()(again.user.id, true);
// @ts-expect-error There is no such module.
void auth.nothing;
${modules.includes("referrals") ? USE_OF_REFERRALS : ""}
${others.map(useOf).join("\n")}
await auth.close();
`;
}

const USE_OF_REFERRALS = `
exactly<boolean | undefined>()(made.referrals?.redeemed, true);
exactly<number>()((await auth.referrals.stats(made.user.id)).qualified, true);
// @ts-expect-error A code belongs to somebody.
await auth.referrals.createCode({});
`;

function useOf(name) {
  return `
exactly<number>()(await auth.${name}.count(made.user.id), true);
exactly<Date>()((await auth.${name}.add(made.user.id, { title: "one" })).createdAt, true);
for (const row of await auth.${name}.list(made.user.id)) exactly<string | null>()(row.note, true);
exactly<{ title: string; at: Date } | null>()(made.${name}, true);
exactly<string | undefined>()(again.${name}?.title, true);
// @ts-expect-error A title is a text.
await auth.${name}.add(made.user.id, { title: 1 });
// @ts-expect-error The title is asked for.
await auth.signUp({ ...account, ${name}Title: undefined });
`;
}
