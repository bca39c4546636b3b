import { beforeAll, describe, expect, it } from "vitest";
import { isAuthError } from "../../../src/errors.ts";
import { createTestAuth, newCredentials, type TestAuth } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { allAtOnce, errorCode, tally } from "./support/error-code.ts";

forEachDatabase("sign-up", (ctx) => {
  let auth: TestAuth;
  beforeAll(async () => {
    auth = await createTestAuth(ctx);
  });

  const count = async (table: string, where: string, values: readonly unknown[]): Promise<number> =>
    Number(
      (await ctx.host.query(`select count(*) as n from ${ctx.table(table)} where ${where}`, values))[0]!["n"],
    );

  it("makes a user, a session that its token opens, a known device and an event", async () => {
    const { email, password } = newCredentials();
    const created = await auth.signUp({ email, password, name: " Ann " }, { ipAddress: "192.0.2.1" });
    expect(created.user).toMatchObject({ email, name: "Ann", emailVerifiedAt: null, disabledAt: null });
    expect(created.session).toMatchObject({
      userId: created.user.id,
      ipAddress: "192.0.2.1",
      userAgent: null,
    });
    const { user, session } = created;
    expect(await auth.getSession(created.token)).toEqual({ user, session });
    expect(await auth.listEvents(user.id)).toMatchObject([
      { type: "user.signed_up", userId: user.id, sessionId: session.id, ipAddress: "192.0.2.1", data: {} },
    ]);
    expect(await count("devices", "user_id = $1", [user.id])).toBe(1);
  });

  it("DB-01: 200 sign-ups of one address at once make one account and 199 clear errors", async () => {
    const { email, password } = newCredentials();
    const prepared = await Promise.all(
      ["", "UPPER"].map((style) =>
        auth.prepareSignUp({ email: style ? email.toUpperCase() : email, password }),
      ),
    );
    // Hashed beforehand, so that the database sees all of them at the same time and not the hash queue's slots.
    const others: Awaited<ReturnType<typeof auth.prepareSignUp>>[] = [];
    while (others.length < 198) {
      others.push(await auth.prepareSignUp({ email, password }));
    }
    const codes = await Promise.all([...prepared, ...others].map((one) => errorCode(auth.signUp(one))));
    expect(tally(codes)).toEqual({ none: 1, user_exists: 199 });
    const user = await auth.users.getByEmail(email);
    for (const table of ["credentials", "sessions", "devices", "events"]) {
      expect(await count(table, "user_id = $1", [user!.id])).toBe(1);
    }
  });

  it("DB-07: a prepared sign-up run again gives the same account and session, one after the other or at once", async () => {
    const prepared = await auth.prepareSignUp(newCredentials());
    const first = await auth.signUp(prepared);
    expect(await auth.signUp(prepared)).toEqual(first);

    const raced = await auth.prepareSignUp(newCredentials());
    const results = await allAtOnce(20, () => auth.signUp(raced));
    expect(new Set(results.map((result) => result.token)).size).toBe(1);
    expect(new Set(results.map((result) => result.session.id)).size).toBe(1);
    expect(await count("users", "id = $1", [results[0]!.user.id])).toBe(1);
  });

  it("refuses an address in any spelling that is taken", async () => {
    const { email, password } = newCredentials();
    const address = `K${email}`;
    await auth.signUp({ email: address, password });
    // U+212A is the Kelvin sign, U+FF4B a full-width k, U+FF20 a full-width @.
    for (const spelling of [
      address.toUpperCase(),
      `\u212a${email}`,
      `\uff4b${email}`,
      address.replace("@", "\uff20"),
    ]) {
      expect(await errorCode(auth.signUp({ email: spelling, password })), spelling).toBe("user_exists");
    }
  });

  it("PW-08: refuses a common password and one made of the address", async () => {
    const { email } = newCredentials();
    expect(await errorCode(auth.signUp({ email, password: "password123" }))).toBe("password_rejected");
    expect(await errorCode(auth.signUp({ email, password: `${email.split("@")[0]!}!` }))).toBe(
      "password_rejected",
    );
    expect(await auth.users.getByEmail(email)).toBeNull();
  });

  it("SE-02: stores no token and no password in clear", async () => {
    const { email, password } = newCredentials();
    const { token, deviceToken } = await auth.signUp({ email, password });
    const tables = ["users", "credentials", "sessions", "devices", "events", "attempts"];
    const rows = await Promise.all(
      tables.map((table) => ctx.host.query(`select * from ${ctx.table(table)}`)),
    );
    const dump = JSON.stringify(rows, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value,
    );
    for (const secret of [token, deviceToken, password]) {
      expect(dump).not.toContain(secret);
      expect(dump).not.toContain(Buffer.from(secret, "base64url").toString("latin1"));
    }
  });

  describe("IN-07: text that a database cannot hold", () => {
    const unstorable = ["\u0000", "a\u0000b", "\ud800", "x\udc00y"];
    it("is refused in every field, before any statement", async () => {
      const { email, password } = newCredentials();
      for (const text of unstorable) {
        expect(await errorCode(auth.signUp({ email: text + email, password }))).toBe("invalid_input");
        expect(await errorCode(auth.signUp({ email, password, name: text }))).toBe("invalid_input");
        expect(await errorCode(auth.signIn({ email: text + email, password }))).toBe("invalid_input");
        expect(await errorCode(auth.users.create({ email, name: text }))).toBe("invalid_input");
      }
      expect(await errorCode(auth.signUp({ email, password: `${password}\ud800` }))).toBe(
        "password_rejected",
      );
      expect(await errorCode(auth.signIn({ email, password: `${password}\ud800` }))).toBe("invalid_input");
      const user = await auth.users.create({ email });
      for (const text of unstorable) {
        expect(await errorCode(auth.users.disable(user.id, { reason: text }))).toBe("invalid_input");
        expect(await errorCode(auth.users.update(user.id, { name: text }))).toBe("invalid_input");
      }
    });

    it("is left out of what a client says of itself, and of ids and tokens nobody gave out", async () => {
      const context = {
        ipAddress: "\ud800192.0.2.1\u0000",
        userAgent: `\u0000${"\ud83d\ude00".repeat(1000)}`,
        deviceToken: "\u0000",
      };
      const { user, session } = await auth.signUp(newCredentials(), context);
      expect(session.ipAddress).toBe("192.0.2.1");
      expect(session.userAgent!.length).toBeLessThanOrEqual(512);
      expect(session.userAgent!.isWellFormed()).toBe(true);
      expect(await auth.getSession("\u0000")).toBeNull();
      expect(await auth.signOut("\ud800")).toBe(false);
      expect(await auth.users.get("\u0000")).toBeNull();
      expect(await auth.users.getByEmail("\u0000")).toBeNull();
      expect(await auth.listSessions("not an id")).toEqual([]);
      expect(await auth.listEvents("not an id")).toEqual([]);
      expect(await auth.revokeSession({ userId: user.id, sessionId: "\u0000" })).toBe(false);
      expect(await auth.revokeOtherSessions({ userId: "\u0000" })).toBe(0);
      expect(await auth.users.delete("\u0000")).toBe(false);
      expect(await errorCode(auth.users.enable("\u0000"))).toBe("not_found");
    });
  });

  it("names no address, password or token in any error", async () => {
    const { email, password } = newCredentials();
    await auth.signUp({ email, password });
    const failures = await Promise.allSettled([
      auth.signUp({ email, password }),
      auth.signIn({ email, password: `${password}x` }),
      auth.signUp({ email: `${email}@`, password }),
      auth.signUp({ email: `x${email}`, password: "short" }),
    ]);
    for (const failure of failures) {
      const error: unknown = failure.status === "rejected" ? failure.reason : undefined;
      expect(isAuthError(error)).toBe(true);
      const said = JSON.stringify([(error as Error).message, (error as { data?: unknown }).data]);
      expect(said).not.toContain(email);
      expect(said).not.toContain(password);
    }
  });
});
