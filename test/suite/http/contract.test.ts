import { beforeAll, expect, it } from "vitest";
import { coreContracts } from "../../../src/http/routes/core-contracts.ts";
import type { LogEntry } from "../../../src/log.ts";
import {
  createTestAuth,
  newCredentials,
  testBaseUrl,
  type TestAuth,
} from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";

interface Exchange {
  readonly id: keyof typeof coreContracts;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

forEachDatabase("the route contracts", (ctx) => {
  let auth: TestAuth;
  const logged: LogEntry[] = [];
  beforeAll(async () => {
    auth = await createTestAuth(ctx, { log: (entry) => logged.push(entry) });
  });

  async function send(
    id: keyof typeof coreContracts,
    parts: { path?: string; body?: unknown; token?: string; cookie?: string } = {},
  ): Promise<Exchange> {
    const { method, path } = coreContracts[id];
    const headers = new Headers({ origin: testBaseUrl });
    if (parts.body !== undefined) headers.set("content-type", "application/json");
    if (parts.token !== undefined) headers.set("authorization", `Bearer ${parts.token}`);
    if (parts.cookie !== undefined) headers.set("cookie", parts.cookie);
    const url = `${testBaseUrl}/auth${parts.path ?? path}`;
    const body = parts.body === undefined ? null : JSON.stringify(parts.body);
    const response = await auth.handler(new Request(url, { method, headers, body }));
    return { id, status: response.status, headers: response.headers, text: await response.text() };
  }

  /** Every route once by cookie and once by bearer token, each as it should go. */
  async function walk(): Promise<{ exchanges: Exchange[]; secrets: Set<string> }> {
    const exchanges: Exchange[] = [];
    const secrets = new Set<string>();
    const run = async (...input: Parameters<typeof send>): Promise<Exchange> => {
      const exchange = await send(...input);
      exchanges.push(exchange);
      for (const cookie of exchange.headers.getSetCookie()) secrets.add(/=([^;]*)/.exec(cookie)![1]!);
      return exchange;
    };
    for (const delivery of ["cookie", "body"] as const) {
      const credentials = newCredentials();
      const holder = (exchange: Exchange): { token: string } | { cookie: string } =>
        delivery === "body"
          ? { token: String((JSON.parse(exchange.text) as { token: string }).token) }
          : { cookie: exchange.headers.getSetCookie()[0]!.split(";")[0]! };
      const first = await run("signUp", { body: { ...credentials, name: "Ada", tokenDelivery: delivery } });
      const second = await run("signIn", { body: { ...credentials, tokenDelivery: delivery } });
      const other = (JSON.parse(second.text) as { session: { id: string } }).session.id;
      await run("getSession", holder(first));
      await run("listSessions", holder(first));
      await run("revokeSession", { path: `/sessions/${other}`, ...holder(first) });
      await run("revokeOtherSessions", holder(first));
      const newPassword = `another ${credentials.password}`;
      const body = { currentPassword: credentials.password, newPassword };
      const changed = await run("changePassword", { body, ...holder(first) });
      await run("signOut", holder(changed));
      const last = await run("signIn", {
        body: { email: credentials.email, password: newPassword, tokenDelivery: delivery },
      });
      await run("confirmPassword", { body: { password: newPassword }, ...holder(last) });
      await run("deleteUser", { body: { password: newPassword }, ...holder(last) });
      await run("health");
    }
    secrets.delete("");
    return { exchanges, secrets };
  }

  it("hold: status and body of every answer are the ones declared", async () => {
    const { exchanges } = await walk();
    expect(new Set(exchanges.map(({ id }) => id))).toEqual(new Set(Object.keys(coreContracts)));
    for (const { id, status, headers, text } of exchanges) {
      const { output, status: declared } = coreContracts[id];
      expect(status, `${id}: ${text}`).toBe(declared);
      if (output === null) {
        expect(text).toBe("");
        continue;
      }
      expect(headers.get("content-type")).toBe("application/json");
      const result = await output["~standard"].validate(JSON.parse(text));
      expect(result.issues, id).toBe(undefined);
    }
  });

  it("CS-01: every cookie is __Host-, Secure, HttpOnly, Path=/, SameSite=Lax, opaque and short", async () => {
    const { exchanges } = await walk();
    const cookies = exchanges.flatMap(({ headers }) => headers.getSetCookie());
    expect(cookies.length).toBeGreaterThan(5);
    for (const cookie of cookies) {
      expect(cookie).toMatch(
        /^__Host-wispy-(session|device)=(|[A-Za-z0-9_-]{43}); Path=\/; Max-Age=\d+; HttpOnly; Secure; SameSite=Lax$/,
      );
    }
  });

  it("SE-13: tokens are in no address, no log and no body that did not ask for them; nothing is stored by caches", async () => {
    const { exchanges, secrets } = await walk();
    expect(secrets.size).toBeGreaterThan(2);
    for (const { headers, text } of exchanges) {
      expect(headers.get("cache-control")).toBe("no-store");
      for (const secret of secrets) expect(text).not.toContain(secret);
      expect(headers.get("location")).toBe(null);
    }
    for (const secret of secrets) expect(JSON.stringify(logged)).not.toContain(secret);
  });

  it("SE-02: what is stored opens nothing", async () => {
    const credentials = newCredentials();
    const created = await auth.signUp(credentials);
    for (const table of ["sessions", "devices"]) {
      for (const row of await ctx.host.query(`select * from ${ctx.table(table)}`)) {
        for (const value of Object.values(row)) {
          const spellings = Buffer.isBuffer(value)
            ? [value.toString("base64url"), value.toString("hex")]
            : [String(value)];
          for (const token of spellings) expect(await auth.getSession(token)).toBe(null);
        }
        expect(JSON.stringify(row)).not.toContain(created.token);
      }
    }
    expect(await auth.getSession(created.deviceToken)).toBe(null);
  });
});
