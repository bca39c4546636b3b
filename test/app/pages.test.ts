import { expect, it } from "vitest";
import { newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { createPageClient, type PageClient } from "./support/page-client.ts";
import { useApplication } from "./support/start-application.ts";

forEachDatabase("the application's pages", (ctx) => {
  const app = useApplication(ctx);

  async function signedUp(name = "Ann") {
    const credentials = newCredentials();
    const client = createPageClient(app.url);
    const answer = await client.post("/sign-up", { ...credentials, name });
    expect(answer.location).toBe("/");
    return { client, ...credentials };
  }

  async function signedIn(credentials: { email: string; password: string }, userAgent?: string) {
    const client = createPageClient(app.url, userAgent === undefined ? {} : { userAgent });
    const { email, password } = credentials;
    expect((await client.post("/sign-in", { email, password })).location).toBe("/");
    return client;
  }

  const isSignedIn = async (client: PageClient): Promise<boolean> =>
    (await client.get("/account")).status === 200;

  async function findUserId(email: string): Promise<string | undefined> {
    const rows = await ctx.host.query(`select id from ${ctx.table("users")} where email = $1`, [email]);
    return rows[0]?.["id"] as string | undefined;
  }

  it("welcome whoever signs up with a first note", async () => {
    const { client, email } = await signedUp("Ann");
    const { html } = await client.get("/");
    expect(html).toContain("Hello, Ann");
    expect(html).toContain("Welcome! This note was written in the same transaction");
    const notes = await ctx.host.query("select user_id from notes where user_id = $1", [
      await findUserId(email),
    ]);
    expect(notes).toHaveLength(1);
  });

  it("make no account when its first note cannot be written", async () => {
    const refuseWelcome =
      ctx.dialect === "postgres"
        ? "alter table notes add constraint no_welcome check (text not like 'Welcome!%') not valid"
        : `create trigger no_welcome before insert on notes when new.text like 'Welcome!%'
           begin select raise(abort, 'no welcome'); end`;
    const allowWelcome =
      ctx.dialect === "postgres" ? "alter table notes drop constraint no_welcome" : "drop trigger no_welcome";
    const credentials = newCredentials();
    const client = createPageClient(app.url);
    await ctx.host.query(refuseWelcome);
    try {
      const answer = await client.post("/sign-up", credentials);
      expect(answer.status).toBe(500);
      expect(answer.html).not.toContain("no_welcome");
    } finally {
      await ctx.host.query(allowWelcome);
    }
    expect(client.cookies.size).toBe(0);
    expect(await findUserId(credentials.email)).toBeUndefined();
    expect((await client.post("/sign-up", credentials)).location).toBe("/");
  });

  it("have notes that belong to a user who exists, and go with the account", async () => {
    const { client, email, password } = await signedUp();
    const userId = await findUserId(email);
    const columns = ctx.dialect === "postgres" ? "(id, user_id, text)" : "(id, user_id, text, created_at)";
    const missing = "01890000-0000-7000-8000-000000000001";
    const values = ctx.dialect === "postgres" ? "($1, $1, 'x')" : "($1, $1, 'x', 1)";
    await expect(ctx.host.query(`insert into notes ${columns} values ${values}`, [missing])).rejects.toThrow(
      /foreign key/i,
    );
    const answer = await client.post("/account/delete", { password });
    expect(answer.location).toBe("/?done=account-deleted");
    expect(await ctx.host.query("select id from notes where user_id = $1", [userId])).toEqual([]);
    expect(await findUserId(email)).toBeUndefined();
    expect(await isSignedIn(client)).toBe(false);
  });

  it("keep the account when the password to delete it is wrong", async () => {
    const { client } = await signedUp();
    const answer = await client.post("/account/delete", { password: "not the password" });
    expect(answer.status).toBe(401);
    expect(answer.html).toContain("This is not your password.");
    expect(await isSignedIn(client)).toBe(true);
  });

  it("refuse a form that another site sent, and do nothing of it", async () => {
    const { client } = await signedUp();
    const foreign = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: "", "sec-fetch-site": "cross-site" },
      { origin: "", "sec-fetch-site": "same-site" },
      { origin: "" },
    ];
    for (const headers of foreign) {
      const answer = await client.post("/notes", { text: "planted" }, headers);
      expect([answer.status, headers]).toEqual([403, headers]);
      expect((await client.post("/sign-out", {}, headers)).status).toBe(403);
      expect((await client.post("/sign-in", newCredentials(), headers)).status).toBe(403);
    }
    expect((await client.get("/")).html).not.toContain("planted");
    expect(await isSignedIn(client)).toBe(true);
  });

  it("take a form whose browser says the same origin and sends no Origin", async () => {
    const { client } = await signedUp();
    const answer = await client.post(
      "/notes",
      { text: "mine" },
      { origin: "", "sec-fetch-site": "same-origin" },
    );
    expect(answer.location).toBe("/");
  });

  it("show hostile names, notes and addresses as text", async () => {
    const hostile = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&amp;`;
    const { client } = await signedUp(hostile);
    await client.post("/notes", { text: `</p>${hostile}` });
    const refused = await client.post("/sign-up", { email: hostile, name: hostile, password: "x" });
    const pages = [await client.get("/"), await client.get("/account"), refused];
    for (const { html } of pages) {
      expect(html).toContain("&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;");
      expect(html).not.toMatch(/<script|<img src=x/i);
    }
  });

  it("send a policy that lets no script run, and are not kept by the browser", async () => {
    const { client } = await signedUp();
    for (const path of ["/", "/account", "/nothing-here"]) {
      const { headers } = await client.get(path);
      expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'self';/);
      expect(headers.get("content-security-policy")).not.toMatch(/unsafe|script-src/);
      expect(headers.get("cache-control")).toBe("no-store");
    }
  });

  it("say on the form what was wrong, and keep what was typed except passwords", async () => {
    const { email } = await signedUp();
    const client = createPageClient(app.url);
    const password = "correct horse staple";
    const taken = await client.post("/sign-up", { email, password, name: "Second Ann" });
    expect(taken.status).toBe(409);
    expect(taken.html).toContain("There is an account with this address.");
    expect(taken.html).toContain('value="Second Ann"');
    expect(taken.html).toContain(`value="${email}"`);
    expect(taken.html).not.toContain(password);
    const fresh = newCredentials().email;
    const reasons = [
      ["short", "Use at least 8 characters."],
      ["password1", "attackers try first"],
      ["my wispy notes account", "easy to guess"],
      ["x".repeat(1100), "Use a shorter password."],
    ] as const;
    for (const [weak, reason] of reasons) {
      const answer = await client.post("/sign-up", { email: fresh, password: weak });
      expect([answer.status, answer.html.includes(reason), reason]).toEqual([422, true, reason]);
    }
    const noAddress = await client.post("/sign-up", { email: "ann", password });
    expect(noAddress.html).toContain("Enter one e-mail address");
  });

  it("answer a wrong password and an unknown address alike", async () => {
    const { email } = await signedUp();
    const client = createPageClient(app.url);
    const answers = [
      await client.post("/sign-in", { email, password: "wrong password" }),
      await client.post("/sign-in", { email: newCredentials().email, password: "wrong password" }),
    ];
    for (const { status, html } of answers) {
      expect(status).toBe(401);
      expect(html).toContain("The address or the password is wrong.");
    }
    expect(answers[0]!.html.replaceAll(email, "")).toHaveLength(
      answers[1]!.html.replaceAll(/[0-9a-f-]{36}@example\.com/g, "").length,
    );
  });

  it("make somebody wait who tries many passwords while signed in", async () => {
    const { client, password } = await signedUp();
    const attempt = (currentPassword: string) =>
      client.post("/account/password", { currentPassword, newPassword: "a whole new password" });
    for (let count = 1; count <= 5; count += 1) expect((await attempt("wrong password")).status).toBe(401);
    const refused = await attempt(password);
    expect(refused.status).toBe(429);
    expect(refused.html).toMatch(/Too many wrong passwords\. Try again in \d+ seconds\./);
  });

  it("change the password: the new one opens, the old one and the other devices do not", async () => {
    const { client, email, password } = await signedUp();
    const other = await signedIn({ email, password });
    const newPassword = newCredentials().password;
    const weak = await client.post("/account/password", { currentPassword: password, newPassword: "short" });
    expect(weak.html).toContain("Use at least 8 characters.");
    const answer = await client.post("/account/password", { currentPassword: password, newPassword });
    expect(answer.location).toBe("/account?done=password-changed");
    expect(await isSignedIn(client)).toBe(true);
    expect(await isSignedIn(other)).toBe(false);
    expect((await other.post("/sign-in", { email, password })).status).toBe(401);
    await signedIn({ email, password: newPassword });
    expect((await client.get("/account")).html).toContain("Password changed");
  });

  it("list the devices, and sign out one of them or all others", async () => {
    const { client, ...credentials } = await signedUp();
    const phone = await signedIn(
      credentials,
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1",
    );
    const third = await signedIn(credentials);
    const { html } = await client.get("/account");
    const phoneId = /Safari on iPhone.*?name="id" value="([^"]+)"/s.exec(html)?.[1] ?? "";
    const ended = await client.post("/account/sessions/end", { id: phoneId });
    expect(ended.location).toBe("/account?done=device-signed-out");
    expect([await isSignedIn(phone), await isSignedIn(third)]).toEqual([false, true]);
    await client.post("/account/sessions/end-others", {});
    expect([await isSignedIn(client), await isSignedIn(third)]).toEqual([true, false]);
  });

  it("do not end the sessions or delete the notes of somebody else", async () => {
    const [ann, bob] = [await signedUp("Ann"), await signedUp("Bob")];
    const [row] = await ctx.host.query(
      `select s.id as session, n.id as note from ${ctx.table("sessions")} s join notes n on n.user_id = s.user_id
       where s.user_id = $1`,
      [await findUserId(bob.email)],
    );
    await ann.client.post("/account/sessions/end", { id: String(row?.["session"]) });
    await ann.client.post("/notes/delete", { id: String(row?.["note"]) });
    await ann.client.post("/notes/delete", { id: "no id at all" });
    await ann.client.post("/account/sessions/end", { id: "no id at all" });
    expect((await bob.client.get("/")).html).toContain("Welcome!");
  });

  it("add and delete notes, and refuse one that is empty or too long with its text kept", async () => {
    const { client } = await signedUp();
    await client.post("/notes", { text: "one\r\ntwo \0 three" });
    const { html } = await client.get("/");
    expect(html).toContain("one\ntwo  three");
    for (const text of [" \n ", "x".repeat(2001)]) {
      const refused = await client.post("/notes", { text });
      expect(refused.status).toBe(422);
      expect(refused.html).toContain(text);
    }
    const id = /name="id" value="([^"]+)"/.exec(html)?.[1] ?? "";
    await client.post("/notes/delete", { id });
    expect((await client.get("/")).html).not.toContain("one\ntwo");
  });

  it("send visitors to sign in, and end a session for good when signing out", async () => {
    const { client } = await signedUp();
    const cookies = new Map(client.cookies);
    expect((await client.post("/sign-out", {})).location).toBe("/?done=signed-out");
    for (const [name, value] of cookies) client.cookies.set(name, value);
    expect((await client.get("/account")).location).toBe("/sign-in");
    expect((await client.post("/notes", { text: "late" })).location).toBe("/sign-in");
  });

  it("say only what they know how to say: an address cannot put words into their mouth", async () => {
    const client = createPageClient(app.url);
    for (const done of ["<b>x</b>", "toString", "__proto__"]) {
      const { html } = await client.get(`/?done=${encodeURIComponent(done)}`);
      expect(html).not.toContain('role="status"');
    }
  });

  it("refuse bodies that are no form or too large", async () => {
    const headers = { origin: app.url, "content-type": "application/json" };
    const json = await fetch(`${app.url}/notes`, { method: "POST", headers, body: "{}" });
    expect(json.status).toBe(415);
    const { client } = await signedUp();
    expect((await client.post("/notes", { text: "x".repeat(70_000) })).status).toBe(413);
    expect(await isSignedIn(client)).toBe(true);
  });

  it("are the only way to an account, so that none comes without its first note", async () => {
    const headers = { origin: app.url, "content-type": "application/json" };
    for (const path of [
      "/sign-up",
      "//sign-up",
      "/sign-up/",
      "/./sign-up",
      "/%73ign-up",
      "/SIGN-UP",
      "/sign-up?x",
    ]) {
      const credentials = newCredentials();
      const body = JSON.stringify(credentials);
      const { status } = await fetch(`${app.url}/auth${path}`, { method: "POST", headers, body });
      expect([path, status]).toEqual([path, 404]);
      expect(await findUserId(credentials.email)).toBeUndefined();
    }
  });

  it("stand beside the library's own JSON routes, with the same session", async () => {
    const { client, email } = await signedUp();
    const cookie = [...client.cookies].map((pair) => pair.join("=")).join("; ");
    const answer = await fetch(`${app.url}/auth/session`, { headers: { cookie } });
    expect(await answer.json()).toMatchObject({ user: { email } });
  });
});
