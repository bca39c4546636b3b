import { beforeAll, describe, expect, it } from "vitest";
import {
  createTestAuth,
  newCredentials,
  testBaseUrl,
  type TestAuth,
} from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createHttpClient } from "../../support/http-client.ts";

interface RawAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

forEachDatabase("answers to sign-ins", (ctx) => {
  let auth: TestAuth;
  beforeAll(async () => {
    auth = await createTestAuth(ctx, { lockout: { maxFailures: 2 } });
  });

  async function signIn(body: unknown, headers: Record<string, string> = {}): Promise<RawAnswer> {
    const request = new Request(`${testBaseUrl}/auth/sign-in`, {
      method: "POST",
      headers: { origin: testBaseUrl, "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    const response = await auth.handler(request, { clientAddress: "198.51.100.7" });
    return { status: response.status, headers: [...response.headers], body: await response.text() };
  }

  async function makeUser(): Promise<{ email: string; password: string; userId: string }> {
    const credentials = newCredentials();
    const { user } = await auth.signUp(credentials);
    return { ...credentials, userId: user.id };
  }

  describe("EN-01", () => {
    it("unknown, wrong, locked, disabled and passwordless get the same bytes, with the right password too", async () => {
      const [wrong, locked, disabled] = [await makeUser(), await makeUser(), await makeUser()];
      await auth.users.disable(disabled.userId);
      const passwordless = newCredentials();
      await auth.users.create({ email: passwordless.email });
      for (let attempt = 0; attempt < 2; attempt += 1) {
        await signIn({ email: locked.email, password: "not this one" });
      }
      const answers = [
        await signIn(newCredentials()),
        await signIn({ email: wrong.email, password: "not this one" }),
        await signIn({ email: locked.email, password: locked.password }),
        await signIn({ email: disabled.email, password: disabled.password }),
        await signIn(passwordless),
      ];
      expect(answers[0]!.status).toBe(401);
      expect(JSON.parse(answers[0]!.body)).toMatchObject({ code: "invalid_credentials" });
      expect(answers[0]!.headers.map(([name]) => name)).not.toContain("set-cookie");
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    });

    it("and so for API clients, and for browsers with cookies of an earlier sign-in", async () => {
      const user = await makeUser();
      const browser = createHttpClient(auth);
      expect(
        (await browser.post("/sign-in", user.email && { email: user.email, password: user.password })).status,
      ).toBe(200);
      const cookie = [...browser.cookies].map((pair) => pair.join("=")).join("; ");
      const cases = [{ email: user.email, password: "not this one" }, newCredentials()];
      for (const headers of [{}, { cookie }]) {
        const [known, unknown] = [await signIn(cases[0], headers), await signIn(cases[1], headers)];
        expect(known).toEqual(unknown);
      }
      const [known, unknown] = [
        await signIn({ ...cases[0], tokenDelivery: "body" }),
        await signIn({ ...cases[1], tokenDelivery: "body" }),
      ];
      expect(known).toEqual(unknown);
    });
  });

  it("an address that is none is the input's fault, whoever else exists", async () => {
    const answer = await signIn({ email: "nobody", password: "not this one" });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ code: "invalid_input", issues: [{ path: "email" }] });
  });

  it("RL-03: a browser that has signed in before is not locked out by a stranger's wrong passwords", async () => {
    const { email, password } = await makeUser();
    const owner = createHttpClient(auth);
    await owner.post("/sign-in", { email, password });
    await owner.post("/sign-out");
    for (let attempt = 0; attempt < 6; attempt += 1) await signIn({ email, password: "not this one" });
    expect((await signIn({ email, password })).status).toBe(401);
    expect((await owner.post("/sign-in", { email, password })).status).toBe(200);
  });

  it("RL-03: an API client proves its device by the deviceToken it was given", async () => {
    const { email, password } = await makeUser();
    const first = JSON.parse((await signIn({ email, password, tokenDelivery: "body" })).body) as {
      deviceToken: string;
    };
    for (let attempt = 0; attempt < 6; attempt += 1) await signIn({ email, password: "not this one" });
    const body = { email, password, tokenDelivery: "body" };
    expect((await signIn(body)).status).toBe(401);
    expect((await signIn({ ...body, deviceToken: first.deviceToken })).status).toBe(200);
  });
});
