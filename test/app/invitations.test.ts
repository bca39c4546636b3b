import { expect, it } from "vitest";
import { newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { createPageClient, type PageClient } from "./support/page-client.ts";
import { useApplication } from "./support/start-application.ts";

forEachDatabase("the application's invitations", (ctx) => {
  const app = useApplication(ctx);

  async function signedUp(fields: Readonly<Record<string, string>> = {}) {
    const credentials = { ...newCredentials(), ...fields };
    const client = createPageClient(app.url);
    const { location } = await client.post("/sign-up", credentials);
    return { client, location, ...credentials };
  }

  /** Somebody with a code, and its id. */
  async function inviting(code: string, fields: Readonly<Record<string, string>> = {}) {
    const owner = await signedUp();
    expect((await owner.client.post("/invite/codes", { code, ...fields })).location).toBe(
      "/invite?done=code-made",
    );
    const id = /id="link-([^"]+)"/.exec((await owner.client.get("/invite")).html)?.[1] ?? "";
    return { ...owner, id };
  }

  async function countUsers(email: string): Promise<number> {
    return (await ctx.host.query(`select id from ${ctx.table("users")} where email = $1`, [email])).length;
  }

  const invitationField = (html: string): string | undefined =>
    /name="referralCode"[^>]*?value="([^"]*)"/s.exec(html)?.[1];

  it("are redeemed in the transaction of the account and its first note", async () => {
    const { client } = await inviting("ALL-OR-NOTHING");
    const [refuse, allow] =
      ctx.dialect === "postgres"
        ? [
            "alter table notes add constraint no_welcome check (text not like 'Welcome!%') not valid",
            "alter table notes drop constraint no_welcome",
          ]
        : [
            `create trigger no_welcome before insert on notes when new.text like 'Welcome!%'
             begin select raise(abort, 'no welcome'); end`,
            "drop trigger no_welcome",
          ];
    const friend = { ...newCredentials(), referralCode: "all or nothing" };
    await ctx.host.query(refuse);
    try {
      expect((await createPageClient(app.url).post("/sign-up", friend)).status).toBe(500);
    } finally {
      await ctx.host.query(allow);
    }
    expect(await countUsers(friend.email)).toBe(0);
    const before = (await client.get("/invite")).html;
    expect([before.includes("not used yet"), before.includes("Nobody yet.")]).toEqual([true, true]);
    expect((await createPageClient(app.url).post("/sign-up", friend)).location).toBe("/?done=invited");
    const { html } = await client.get("/invite");
    expect([html.includes("used once"), html.includes("A friend joined")]).toEqual([true, true]);
    expect(html).not.toContain(friend.email);
  });

  it("count with the first note, for both sides, and once", async () => {
    const { client } = await inviting("FIRST-NOTE");
    const friend = await signedUp({ referralCode: "FIRST-NOTE" });
    const credits = async (of: PageClient) => {
      const { html } = await of.get("/invite");
      return /<dt>Yours<\/dt>\s*<dd[^>]*>([^<]+)</.exec(html)?.[1];
    };
    expect([await credits(client), await credits(friend.client)]).toEqual(["0 credits", "0 credits"]);
    for (const text of ["one", "two"]) await friend.client.post("/notes", { text });
    expect([await credits(client), await credits(friend.client)]).toEqual(["10 credits", "5 credits"]);
  });

  it("remember the link that was followed, show it, and let it be taken back", async () => {
    await inviting("REMEMBER-ME");
    const visitor = createPageClient(app.url);
    const followed = await visitor.get("/invite/REMEMBER-ME");
    expect([followed.status, followed.location]).toEqual([303, "/sign-up?code=REMEMBER-ME"]);
    const form = await visitor.get("/sign-up?code=REMEMBER-ME");
    expect([form.html.includes("You are invited."), invitationField(form.html)]).toEqual([
      true,
      "REMEMBER-ME",
    ]);
    expect(invitationField((await visitor.get("/sign-up")).html)).toBe("REMEMBER-ME");
    const cookies = [...visitor.cookies];
    const emptied = await visitor.post("/sign-up", { ...newCredentials(), referralCode: " " });
    expect(emptied.location).toBe("/");
    // A form without the field does not speak of it, so that the link counts.
    const other = createPageClient(app.url);
    for (const [name, value] of cookies) other.cookies.set(name, value);
    expect((await other.post("/sign-up", newCredentials())).location).toBe("/?done=invited");
  });

  it("say plainly why a code cannot be used, and make no account meanwhile", async () => {
    const owner = await inviting("USED-UP", { maxUses: "1" });
    await signedUp({ referralCode: "USED-UP" });
    const paused = await inviting("PAUSED-ONE");
    await paused.client.post("/invite/codes/pause", { id: paused.id });
    expect((await owner.client.get("/invite")).html).toContain("used 1 of 1 times");
    const reasons = [
      ["NOBODYS-CODE", "There is no such code."],
      ["USED-UP", "This code was used as often as it may be."],
      ["PAUSED-ONE", "This code is not active at the moment."],
      ["x".repeat(100), "There is no such code."],
      ["%%%", "There is no such code."],
    ] as const;
    for (const [code, reason] of reasons) {
      const visitor = createPageClient(app.url);
      const link = await visitor.get(`/sign-up?code=${encodeURIComponent(code)}`);
      expect([link.status, link.html.includes(reason), code]).toEqual([200, true, code]);
      expect([invitationField(link.html), visitor.cookies.size]).toEqual(["", 0]);
      const form = { ...newCredentials(), name: "Bob", referralCode: code };
      const refused = await visitor.post("/sign-up", form);
      expect([refused.status, refused.html.includes(reason), code]).toEqual([422, true, code]);
      expect([invitationField(refused.html), refused.html.includes('value="Bob"')]).toEqual([code, true]);
      expect(await countUsers(form.email)).toBe(0);
    }
    await paused.client.post("/invite/codes/resume", { id: paused.id });
    expect((await signedUp({ referralCode: "PAUSED-ONE" })).location).toBe("/?done=invited");
  });

  it("make the account of somebody who used their own code, without counting it, and say so", async () => {
    const { client, email } = await inviting("MY-OWN");
    const again = await signedUp({ email: email.replace("@", "+again@"), referralCode: "MY-OWN" });
    expect(again.location).toBe("/?done=self-referral");
    expect((await again.client.get("/?done=self-referral")).html).toContain("The invitation was your own");
    expect((await client.get("/invite")).html).toContain("Nobody yet.");
  });

  it("are not for whoever has an account already", async () => {
    const { client } = await inviting("ONLY-NEW");
    expect((await client.get("/invite/ONLY-NEW")).location).toBe("/invite?done=member-already");
    expect((await client.get("/sign-up?code=ONLY-NEW")).location).toBe("/");
  });

  it("have at most five codes, and retired ones make room", async () => {
    const { client, id } = await inviting("FIRST-OF-FIVE");
    for (let count = 2; count <= 5; count += 1) await client.post("/invite/codes", {});
    expect((await client.get("/invite")).html).toContain("You have 5 codes, as many as there can be.");
    const sixth = await client.post("/invite/codes", {});
    expect([sixth.status, sixth.html.includes("Retire one")]).toEqual([409, true]);
    const retired = await client.post("/invite/codes/retire", { id });
    expect(retired.location).toBe("/invite?done=code-retired");
    expect((await client.post("/invite/codes", {})).location).toBe("/invite?done=code-made");
    expect((await client.get("/invite")).html).toContain("Retired codes");
  });

  it("say what is wrong with a code, and keep what was typed", async () => {
    const { client } = await inviting("TAKEN-CODE");
    const cases = [
      [{ code: "taken code" }, 422, "A code has 4 to 32 letters, digits and dashes."],
      [{ code: "taken-code" }, 409, "Somebody has this code already."],
      [{ code: "admin" }, 422, "This code is not allowed."],
      [{ code: "WITH-LIMIT", maxUses: "1.5" }, 422, "This is a whole number from 1"],
      [{ code: "WITH-LIMIT", maxUses: "9999999999" }, 422, "This is a whole number from 1"],
    ] as const;
    for (const [fields, status, message] of cases) {
      const answer = await client.post("/invite/codes", fields);
      expect([answer.status, answer.html.includes(message), fields]).toEqual([status, true, fields]);
      expect(answer.html).toContain(`value="${fields.code}"`);
    }
  });

  it("cannot be changed by anybody else, nor by another site", async () => {
    const owner = await inviting("HANDS-OFF");
    const other = await signedUp();
    for (const action of ["pause", "resume", "retire"]) {
      for (const id of [owner.id, "no id at all", ""]) {
        const answer = await other.client.post(`/invite/codes/${action}`, { id });
        expect([answer.status, answer.location]).toEqual([303, "/invite"]);
      }
    }
    const forms = [
      ["/invite/codes", { code: "PLANTED" }],
      ...["pause", "resume", "retire"].map(
        (action) => [`/invite/codes/${action}`, { id: owner.id }] as const,
      ),
      ["/leaderboard/join", { displayName: "Planted" }],
      ["/leaderboard/leave", {}],
      ["/sign-up", { ...newCredentials(), referralCode: "HANDS-OFF" }],
    ] as const;
    for (const [path, fields] of forms) {
      const foreign = await owner.client.post(path, { ...fields }, { origin: "https://evil.example" });
      expect([path, foreign.status]).toEqual([path, 403]);
      const visitor = await createPageClient(app.url).post(path, { ...fields, referralCode: "NONE-SUCH" });
      expect([path, visitor.location]).toEqual([path, path === "/sign-up" ? null : "/sign-in"]);
    }
    const { html } = await owner.client.get("/invite");
    expect([html.includes("active"), html.includes("PLANTED"), html.includes("not used yet")]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("show hostile codes and names as text, and answer addresses that are none", async () => {
    const hostile = `"><script>alert(1)</script>`;
    const { client } = await inviting("HOSTILE-NAMES");
    const friend = await signedUp({ referralCode: "HOSTILE-NAMES" });
    await friend.client.post("/notes", { text: "counts" });
    await client.post("/leaderboard/join", { displayName: hostile });
    const visitor = createPageClient(app.url);
    const pages = [
      await visitor.get("/leaderboard"),
      await visitor.get(`/sign-up?code=${encodeURIComponent(hostile)}`),
      await client.post("/invite/codes", { code: hostile }),
      await visitor.post("/sign-up", { ...newCredentials(), referralCode: hostile }),
    ];
    for (const { html } of pages) {
      expect(html).toContain("&#62;&#60;script&#62;alert(1)&#60;/script&#62;");
      expect(html).not.toContain("<script>");
    }
    const link = await visitor.get(`/invite/${encodeURIComponent("a&b=c\r\nset-cookie: x=y")}`);
    expect(link.location).toBe("/sign-up?code=a%26b%3Dc%0D%0Aset-cookie%3A%20x%3Dy");
    for (const path of ["/invite/%ff", "/invite/a/b", "/invite/", "/invite/codes/pause"]) {
      expect([path, (await visitor.get(path)).status]).toEqual([path, 404]);
    }
  });

  it("run one script of our own, on the one page that has something to copy", async () => {
    const { client } = await inviting("ONE-SCRIPT");
    const { html, headers } = await client.get("/invite");
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; .*; script-src 'self'$/);
    const src = /<script src="([^"]+)" defer>/.exec(html)?.[1] ?? "";
    const script = await client.get(src);
    expect([script.status, script.headers.get("content-type")]).toEqual([
      200,
      "text/javascript; charset=utf-8",
    ]);
    for (const path of ["/leaderboard", "/sign-up", "/", "/account"]) {
      const page = await client.get(path);
      expect(page.headers.get("content-security-policy") ?? "").not.toContain("script-src");
      expect(page.html).not.toContain("<script");
    }
  });

  it("name on the leaderboard only who wants it, once a friend counts", async () => {
    const { client } = await inviting("LEADER-CODE");
    await client.post("/leaderboard/join", { displayName: " Ann the First " });
    const leaders = async () => (await createPageClient(app.url).get("/leaderboard")).html;
    expect(await leaders()).not.toContain("Ann the First");
    expect((await client.get("/leaderboard")).html).toContain("as soon as a friend of yours counts");
    const friend = await signedUp({ referralCode: "LEADER-CODE" });
    await friend.client.post("/notes", { text: "counts" });
    expect(await leaders()).toMatch(/<span>Ann the First<\/span>/);
    for (const displayName of ["", "  ", "x".repeat(41), "a\u202eb"]) {
      const refused = await client.post("/leaderboard/join", { displayName });
      expect([refused.status, refused.html.includes("A name has 1 to 40 characters")]).toEqual([422, true]);
    }
    expect((await client.post("/leaderboard/leave", {})).location).toBe("/leaderboard?done=off-leaderboard");
    expect(await leaders()).not.toContain("Ann the First");
    expect((await client.get("/leaderboard")).html).toContain('value="Ann the First"');
  });
});
