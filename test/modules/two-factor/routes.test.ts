import { afterAll, beforeAll, expect, it } from "vitest";
import { newCredentials, testBaseUrl } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { codeNow, enrol, openStage, type TwoFactorStage } from "./support/two-factor-stage.ts";

forEachDatabase("the routes of the second step", (ctx) => {
  let stage: TwoFactorStage;
  beforeAll(async () => {
    stage = await openStage(ctx);
  });
  afterAll(() => stage.auth.close());

  interface Sent {
    readonly method?: string;
    readonly body?: object;
    readonly cookies?: Map<string, string>;
    readonly token?: string;
  }

  /** A browser keeps what it is given. */
  const send = async (path: string, { method = "POST", body, cookies = new Map(), token }: Sent = {}) => {
    const headers = new Headers({ origin: testBaseUrl });
    if (body !== undefined) headers.set("content-type", "application/json");
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    if (cookies.size > 0) headers.set("cookie", [...cookies].map((pair) => pair.join("=")).join("; "));
    const url = `${testBaseUrl}/auth${path}`;
    const response = await stage.auth.handler(
      new Request(url, { method, headers, body: body === undefined ? null : JSON.stringify(body) }),
    );
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      if (value === "") cookies.delete(name!);
      else cookies.set(name!, value!);
    }
    const text = await response.text();
    const answer = (text === "" ? null : JSON.parse(text)) as Record<string, unknown>;
    return { status: response.status, answer };
  };

  it("take a browser from enrolment to a sign-in in two steps, by cookies alone", async () => {
    const { clock } = stage;
    const account = newCredentials();
    const browser = new Map<string, string>();
    await send("/sign-up", { body: account, cookies: browser });
    const { answer: offer } = await send("/two-factor/totp", { cookies: browser });
    expect(offer).toMatchObject({ uri: expect.stringMatching(/^otpauth:\/\/totp\/Test:/) as string });
    const code = codeNow(String(offer["secret"]), clock);
    const confirmed = await send("/two-factor/totp/confirm", { body: { code }, cookies: browser });
    expect(confirmed.status).toBe(200);
    const codes = confirmed.answer["recoveryCodes"] as string[];
    expect(codes.length).toBe(10);
    const status = await send("/two-factor", { method: "GET", cookies: browser });
    expect(status.answer).toEqual({ enabled: true, factors: ["totp"], recoveryCodesLeft: 10 });
    await send("/sign-out", { cookies: browser });

    clock.advance(30);
    const held = await send("/sign-in", { body: account, cookies: browser });
    expect(held.answer).toMatchObject({ pending: { step: "twoFactor", methods: ["totp", "recoveryCode"] } });
    expect([...browser.keys()].sort()).toEqual(["__Host-wispy-device", "__Host-wispy-module-twoFactor"]);
    expect((await send("/session", { method: "GET", cookies: browser })).status).toBe(401);
    const wrong = { method: "totp", code: "000000" };
    expect(await send("/two-factor/answer", { body: wrong, cookies: browser })).toMatchObject({
      status: 422,
      answer: { code: "twoFactor.code_wrong" },
    });
    const right = { method: "totp", code: codeNow(String(offer["secret"]), clock) };
    const opened = await send("/two-factor/answer", { body: right, cookies: browser });
    expect(opened).toMatchObject({ status: 200, answer: { user: { email: account.email } } });
    expect([...browser.keys()].sort()).toEqual(["__Host-wispy-device", "__Host-wispy-session"]);
    expect((await send("/session", { method: "GET", cookies: browser })).status).toBe(200);
  });

  it("SE-10: a sign-in that waits opens nothing, whatever route its token is shown to", async () => {
    const { account } = await enrol(stage);
    const { answer } = await send("/sign-in", { body: { ...account, tokenDelivery: "body" } });
    const { token } = answer["pending"] as { token: string };
    const asked = [
      ["GET", "/session"],
      ["GET", "/sessions"],
      ["DELETE", "/sessions"],
      ["POST", "/password/change", { currentPassword: account.password, newPassword: "some other one" }],
      ["POST", "/password/confirm", { password: account.password }],
      ["DELETE", "/user", { password: account.password }],
      ["GET", "/two-factor"],
      ["POST", "/two-factor/totp"],
      ["POST", "/two-factor/totp/confirm", { code: "123456" }],
      ["POST", "/two-factor/email"],
      ["POST", "/two-factor/proof-code"],
      ["DELETE", "/two-factor/factors/totp", { method: "totp", code: "123456" }],
      ["POST", "/two-factor/recovery-codes", { method: "totp", code: "123456" }],
      ["DELETE", "/two-factor/devices"],
    ] as const;
    for (const [method, path, body] of asked) {
      const byBearer = await send(path, { method, token, ...(body && { body }) });
      expect([path, byBearer.status]).toEqual([path, 401]);
      const cookies = new Map([
        ["__Host-wispy-session", token],
        ["__Host-wispy-module-twoFactor", token],
      ]);
      const byCookie = await send(path, { method, cookies, ...(body && { body }) });
      expect([path, byCookie.status]).toEqual([path, 401]);
    }
  });

  it("serve clients that keep tokens themselves", async () => {
    const { clock } = stage;
    const { account, secret } = await enrol(stage);
    const held = await send("/sign-in", { body: { ...account, tokenDelivery: "body" } });
    const { token } = held.answer["pending"] as { token: string };
    const answer = { method: "totp", code: codeNow(secret, clock), token, tokenDelivery: "body" };
    const opened = await send("/two-factor/answer", { body: answer });
    const session = await send("/session", { method: "GET", token: String(opened.answer["token"]) });
    expect([opened.status, session.status]).toEqual([200, 200]);
  });

  it("MF-05: change factors in a session that is fresh, and no other", async () => {
    const { clock, auth } = stage;
    const { token, account } = await enrol(stage);
    clock.advance(86_401);
    const change = { method: "POST", token } as const;
    expect(await send("/two-factor/totp", change)).toMatchObject({
      status: 403,
      answer: { code: "session_not_fresh" },
    });
    await auth.confirmPassword({ token, password: account.password });
    expect(await send("/two-factor/totp", change)).toMatchObject({
      status: 409,
      answer: { code: "twoFactor.already_enabled" },
    });
  });

  it.each<readonly [string, string, object | undefined, number]>([
    ["POST", "/two-factor/answer", {}, 400],
    ["POST", "/two-factor/answer", { method: "sms", code: "1" }, 400],
    ["POST", "/two-factor/answer", { method: "totp", code: 123456 }, 400],
    ["POST", "/two-factor/answer", { method: "totp", code: "1".repeat(101) }, 400],
    ["POST", "/two-factor/answer", { method: "totp", code: "1", userId: "x" }, 400],
    ["POST", "/two-factor/answer", { method: "totp", code: "1", trustDevice: "yes" }, 400],
    ["POST", "/two-factor/answer", { method: "totp", code: "123456" }, 410],
    ["POST", "/two-factor/answer", { method: "totp", code: "123456", token: "\0" }, 400],
    ["POST", "/two-factor/code", {}, 410],
    ["POST", "/two-factor/code", { token: [] }, 400],
    ["GET", "/two-factor", undefined, 401],
    ["PUT", "/two-factor", undefined, 405],
    ["DELETE", "/two-factor/factors/__proto__", { method: "totp", code: "1" }, 404],
  ])("IN-10: %s %s with %j answers %i", async (...row) => {
    const [method, path, body, status] = row;
    const sent = await send(path, { method, ...(body && { body }) });
    expect(sent.status).toBe(status);
    expect(sent.answer).toMatchObject({ code: expect.any(String) as string });
  });

  it("knows no factor but its own", async () => {
    const { token } = await enrol(stage);
    const body = { method: "totp", code: "123456" };
    const asked = await send("/two-factor/factors/sms", { method: "DELETE", token, body });
    expect(asked.status).toBe(404);
    const none = await send("/two-factor/factors/email", {
      method: "DELETE",
      token,
      body: { method: "email", code: "123456" },
    });
    expect(none.answer).toMatchObject({ code: "twoFactor.code_wrong" });
  });
});
