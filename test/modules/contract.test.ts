import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAuth, type Auth } from "wispy-auth";
import { defineModule, sql, statement, text, usersTable, type ModuleDefinition } from "wispy-auth/module";
import { newCredentials, optionsOf, testBaseUrl } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { inTransaction } from "../support/in-transaction.ts";
import { gifts } from "./support/gifts.ts";

forEachDatabase("a module", (ctx) => {
  const options = () => optionsOf(ctx);
  let auth: Auth<unknown, readonly [ReturnType<typeof gifts>]>;
  beforeAll(async () => {
    auth = await createAuth({ ...options(), modules: [gifts()] });
  });
  afterAll(() => auth.close());

  const post = (path: string, body: object): Promise<Response> =>
    auth.handler(
      new Request(`${testBaseUrl}/auth${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: testBaseUrl },
        body: JSON.stringify(body),
      }),
    );
  const countRows = async (table: string): Promise<number> =>
    Number(Object.values((await ctx.host.query(`select count(*) as n from ${ctx.table(table)}`))[0]!)[0]);

  it("adds its tables to a database that has the core's, and nothing else", async () => {
    const database = await ctx.createDatabase();
    const place = { ...options(), database: database.url };
    const plain = await createAuth(place);
    await plain.close();
    const applied: string[] = [];
    const extended = await createAuth({ ...place, modules: [gifts()], migrate: "off" });
    await extended.migrate(({ migration, state }) => applied.push(`${migration} ${state}`));
    await extended.close();
    expect(applied).toEqual(["gifts/001-gifts applying", "gifts/001-gifts applied"]);
  });

  it("writes in the sign-up's transaction and answers under its name", async () => {
    const made = await auth.signUp({ ...newCredentials(), wish: "a kite" });
    expect(made.gifts).toEqual({ wish: "a kite" });
    expect(await auth.gifts.count(made.user.id)).toBe(1);
    const events = await auth.listEvents(made.user.id);
    expect(events.map(({ type }) => type).sort()).toEqual(["gifts.given", "user.signed_up"]);
  });

  it("may stay out of a sign-up", async () => {
    const made = await auth.signUp(newCredentials());
    expect(made.gifts).toBeNull();
    expect(await auth.gifts.count(made.user.id)).toBe(0);
  });

  it("undoes the whole sign-up by what it throws", async () => {
    await auth.signUp({ ...newCredentials(), wish: "the moon" });
    const [users, given] = [await countRows("users"), await countRows("gifts")];
    const account = newCredentials();
    await expect(auth.signUp({ ...account, wish: "the moon" })).rejects.toMatchObject({
      code: "gifts.taken",
      data: { wish: "the moon" },
    });
    expect([await countRows("users"), await countRows("gifts")]).toEqual([users, given]);
    await expect(auth.signIn(account)).rejects.toMatchObject({ code: "invalid_credentials" });

    const failing = await createAuth({ ...options(), modules: [gifts({ failAfterwards: true })] });
    await expect(failing.signUp({ ...account, wish: "a boat" })).rejects.toThrow("after the gift");
    await failing.close();
    expect([await countRows("users"), await countRows("gifts")]).toEqual([users, given]);
  });

  it("has its sign-up fields checked, by the library and over HTTP", async () => {
    const wish = "a wish of more than twenty letters";
    const issues = [{ path: "wish", message: "must be a short wish" }];
    await expect(auth.signUp({ ...newCredentials(), wish })).rejects.toMatchObject({
      code: "invalid_input",
      data: { issues },
    });
    const response = await post("/sign-up", { ...newCredentials(), wish });
    expect([response.status, await response.json()]).toMatchObject([400, { code: "invalid_input", issues }]);
  });

  it("takes part in the sign-up route, and has routes of its own", async () => {
    const response = await post("/sign-up", { ...newCredentials(), wish: "a drum", tokenDelivery: "body" });
    const body = (await response.json()) as { token: string };
    expect([response.status, body]).toMatchObject([201, { gifts: { wish: "a drum" } }]);
    const counted = await auth.handler(
      new Request(`${testBaseUrl}/auth/gifts`, { headers: { authorization: `Bearer ${body.token}` } }),
    );
    expect([counted.status, await counted.json()]).toEqual([200, { count: 1 }]);
    expect((await auth.handler(new Request(`${testBaseUrl}/auth/gifts`))).status).toBe(401);
  });

  it("tells its own failures over HTTP as it declared them", async () => {
    await auth.signUp({ ...newCredentials(), wish: "a horse" });
    const response = await post("/sign-up", { ...newCredentials(), wish: "a horse" });
    expect(await response.json()).toEqual({
      type: "urn:wispy-auth:error:gifts.taken",
      title: "Somebody has wished for that already",
      status: 409,
      code: "gifts.taken",
      detail: "That wish is taken",
      wish: "a horse",
    });
  });

  it("is told of a deletion in its transaction, and has its rows cleaned up", async () => {
    const { user } = await auth.signUp({ ...newCredentials(), wish: "a bike" });
    expect(await auth.users.delete(user.id)).toBe(true);
    expect(await auth.gifts.count(user.id)).toBe(0);
    expect(await auth.cleanUp()).toMatchObject({ modules: { gifts: { orphans: 1 } } });
  });

  it("is told of the end once, however often that is asked for", async () => {
    let ends = 0;
    const ender = defineModule({
      name: "ender",
      start: () => ({ api: {}, close: async () => void (ends += 1) }),
    });
    const ending = await createAuth({ ...options(), modules: [ender] });
    await Promise.all([ending.close(), ending.close()]);
    await ending.close();
    expect(ends).toBe(1);
  });

  it("joins the application's transaction, which stays usable when it refuses", async () => {
    const before = await countRows("gifts");
    await auth.signUp({ ...newCredentials(), wish: "a ship" });
    const [refused, taken] = [newCredentials(), newCredentials()];
    const prepared = [
      await auth.prepareSignUp({ ...refused, wish: "a ship" }),
      await auth.prepareSignUp({ ...taken, wish: "a train" }),
    ] as const;
    await inTransaction(ctx.host, async (tx) => {
      await expect((async () => auth.within(tx).signUp(prepared[0]))()).rejects.toMatchObject({
        code: "gifts.taken",
      });
      const made = await auth.within(tx).signUp(prepared[1]);
      expect(made.gifts).toEqual({ wish: "a train" });
    });
    await expect(auth.signIn(refused)).rejects.toMatchObject({ code: "invalid_credentials" });
    await expect(auth.signIn(taken)).resolves.toMatchObject({ user: { email: taken.email } });
    expect(await countRows("gifts")).toBe(before + 2);
  });

  describe("D4-1 same-id-two-texts: what is not a module's own is refused at the start", () => {
    const start = () => ({ api: {} });
    const foreign = statement({
      id: "gifts.count",
      params: { email: text },
      row: { id: usersTable.id },
      sql: (p, row) => sql`select ${row} from ${usersTable} where ${usersTable.email} = ${p.email}`,
    });
    it.each<readonly [string, ModuleDefinition<string, object, null, object>, RegExp]>([
      [
        "a statement of another's",
        { name: "toys", statements: [foreign], start },
        /toys.*gifts\.count.*gifts/,
      ],
      ["a name of ours", { name: "users", start }, /users/],
      ["a name that is none", { name: "my toys", start }, /my toys/],
      [
        "a field of the core's",
        { name: "toys", signUpFields: { email: {} } as object, start },
        /core and toys/,
      ],
      [
        "a field of another's",
        { name: "toys", signUpFields: { wish: {} } as object, start },
        /gifts and toys/,
      ],
      ["a module that is missing", { name: "toys", dependsOn: ["dolls"], start }, /toys.*dolls/],
    ])("%s", async (_, definition, message) => {
      await expect(
        createAuth({ ...options(), modules: [gifts(), defineModule(definition)] }),
      ).rejects.toThrow(message);
    });
    it("a module twice", async () => {
      await expect(createAuth({ ...options(), modules: [gifts(), gifts()] })).rejects.toThrow(/same name/);
    });
  });
});
