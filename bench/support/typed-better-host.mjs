/** Twelve plugins that better-auth has, each with the options that its documentation asks for. */
const OWN_PLUGINS = {
  admin: "admin()",
  anonymous: "anonymous()",
  bearer: "bearer()",
  emailOTP: "emailOTP({ sendVerificationOTP: async () => {} })",
  jwt: "jwt()",
  magicLink: "magicLink({ sendMagicLink: async () => {} })",
  multiSession: "multiSession()",
  oneTimeToken: "oneTimeToken()",
  organization: "organization()",
  phoneNumber: "phoneNumber()",
  twoFactor: "twoFactor()",
  username: "username()",
};

/** What a host does with the plugins of better-auth's own: one call or one field of each that has any. */
const USE_OF_OWN_PLUGINS = `
exactly<string | null | undefined>()((await auth.api.getSession({ headers }))?.user.role, true);
exactly<string>()((await auth.api.generateOneTimeToken({ headers })).token, true);
exactly<string>()((await auth.api.getToken({ headers })).token, true);
exactly<boolean>()((await auth.api.signInMagicLink({ body: { email }, headers })).status, true);
exactly<boolean>()((await auth.api.sendVerificationOTP({ body: { email, type: "sign-in" } })).success, true);
exactly<boolean>()((await auth.api.disableTwoFactor({ body: { password }, headers })).status, true);
exactly<string | undefined>()((await auth.api.listOrganizations({ headers }))[0]?.slug, true);
void auth.api.signInAnonymous({ headers });
void auth.api.listDeviceSessions({ headers });
void auth.api.signInPhoneNumber({ body: { phoneNumber: "1", password } });
void auth.api.signInUsername({ body: { username: "ada", password } });
`;

/** @param {string} name @returns {string} A plugin with a table, fields of the user and three endpoints. */
export function thirdPartyPlugin(name) {
  const title = `${name}Title`;
  return `
import type { BetterAuthPlugin } from "better-auth";
import { APIError, createAuthEndpoint, sessionMiddleware } from "better-auth/api";
import * as z from "zod";

export interface ${name}Options {
  readonly limit?: number;
}

export interface ${name}Row {
  readonly id: string;
  readonly userId: string;
  readonly title: string;
  readonly note: string | null;
  readonly createdAt: Date;
}

export function ${name}({ limit = 50 }: ${name}Options = {}) {
  return {
    id: "${name}",
    schema: {
      ${name}: {
        fields: {
          userId: { type: "string", required: true, references: { model: "user", field: "id" } },
          title: { type: "string", required: true },
          note: { type: "string", required: false },
          createdAt: { type: "date", required: true },
        },
      },
      user: {
        fields: {
          ${title}: { type: "string", required: true },
          ${name}Note: { type: "string", required: false },
        },
      },
    },
    endpoints: {
      ${name}Add: createAuthEndpoint(
        "/${name}/add",
        { method: "POST", use: [sessionMiddleware], body: z.object({ title: z.string(), note: z.string().optional() }) },
        async (ctx) => {
          if (ctx.body.title === "") throw new APIError("CONFLICT", { message: "Enough" });
          const data = { userId: ctx.context.session.user.id, title: ctx.body.title, note: ctx.body.note ?? null, createdAt: new Date() };
          const row = await ctx.context.adapter.create<Omit<${name}Row, "id">, ${name}Row>({ model: "${name}", data });
          return ctx.json({ id: row.id, createdAt: row.createdAt });
        },
      ),
      ${name}List: createAuthEndpoint("/${name}/list", { method: "GET", use: [sessionMiddleware] }, async (ctx) => {
        const where = [{ field: "userId", value: ctx.context.session.user.id }];
        return ctx.json(await ctx.context.adapter.findMany<${name}Row>({ model: "${name}", where, limit }));
      }),
      ${name}Count: createAuthEndpoint("/${name}", { method: "GET", use: [sessionMiddleware] }, async (ctx) => {
        const where = [{ field: "userId", value: ctx.context.session.user.id }];
        return ctx.json({ count: await ctx.context.adapter.count({ model: "${name}", where }) });
      }),
    },
  } satisfies BetterAuthPlugin;
}
`;
}

/** A better-auth host with twelve of its own plugins. */
export function hostOfOwnPlugins() {
  const names = Object.keys(OWN_PLUGINS).join(", ");
  return host({
    imports: `import { ${names} } from "better-auth/plugins";`,
    plugins: Object.values(OWN_PLUGINS),
    use: USE_OF_OWN_PLUGINS,
  });
}

/** @param {string[]} names A better-auth host with organizations, the largest of its plugins, and these of other people. */
export function hostOfPlugins(names) {
  const imports = names.map((name) => `import { ${name} } from "./${name}.js";`);
  return host({
    imports: ['import { organization } from "better-auth/plugins";', ...imports].join("\n"),
    plugins: ["organization()", ...names.map((name) => `${name}()`)],
    fields: names.map((name) => `${name}Title: "a title"`),
    use: names.map(useOf).join("\n"),
  });
}

/** A better-auth host without plugins. */
export function plainHost() {
  return host({ imports: "", plugins: [], use: "" });
}

function host({ imports, plugins, fields = [], use }) {
  return `
import { betterAuth } from "better-auth";
${imports}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function exactly<Expected>() {
  return <Given>(_value: Given, _same: Same<Given, Expected>): void => undefined;
}

const [email, password] = ["ada@example.com", "correct horse"];
const headers = new Headers();
export const auth = betterAuth({ emailAndPassword: { enabled: true }, plugins: [${plugins.join(", ")}] });
const body = { email, password, name: "Ada", ${fields.join(", ")} };
const made = await auth.api.signUpEmail({ body });
exactly<string>()(made.user.id, true);
const session = await auth.api.getSession({ headers });
exactly<string | undefined>()(session?.user.email, true);
// @ts-expect-error There is no such endpoint.
void auth.api.nothing;
${use}
`;
}

function useOf(name) {
  return `
exactly<number>()((await auth.api.${name}Count({ headers })).count, true);
exactly<Date>()((await auth.api.${name}Add({ headers, body: { title: "one" } })).createdAt, true);
for (const row of await auth.api.${name}List({ headers })) exactly<string | null>()(row.note, true);
exactly<string | undefined>()(session?.user.${name}Title, true);
// @ts-expect-error A title is a text.
await auth.api.${name}Add({ headers, body: { title: 1 } });
`;
}
