import { describe, expect, it, onTestFinished } from "vitest";
import { mail, memoryTransport, smtpTransport, type MailOptions } from "wispy-auth/mail";
import { forDatabase } from "../../support/for-each-database.ts";
import { letters, welcomeLetter } from "./support/letters.ts";
import { createMailAuth } from "./support/mail-auth.ts";
import { startMailCatcher } from "./support/mail-catcher.ts";

const nothing = { delivered: 0, expired: 0, retried: 0, dead: 0 };
const breaks = [
  "\r\nBcc: victim@example.org",
  "\nBcc: victim@example.org",
  "\rX: y",
  "\0",
  "\u0085",
  "\u007f",
];

forDatabase("sqlite", "hostile input to mails", (ctx) => {
  const catching = async (template = welcomeLetter) => {
    const server = await startMailCatcher();
    onTestFinished(() => server.close());
    const transport = smtpTransport({ url: server.url });
    const auth = await createMailAuth(ctx, { transport, letters: letters({ template }), maxAttempts: 1 });
    await ctx.host.query(`delete from ${ctx.table("mails")}`);
    return { auth, server };
  };

  it("IN-03, IN-04: is no recipient, whatever a row says", async () => {
    const { auth, server } = await catching();
    const addresses = [
      ...breaks.map((end) => `reader@example.com${end}`),
      "reader@example.com, victim@example.org",
      "reader@example.com;victim@example.org",
      "<victim@example.org>",
      "Reader <victim@example.org>",
      '"a b"@example.com',
      "reader",
      "@example.com",
      "reader@",
      "a@b@c.example",
      "",
      `${"a".repeat(250)}@example.com`,
    ];
    await auth.letters.send(addresses.map((to) => ({ to })));
    let dead = 0;
    for (let again = true; again;) {
      const report = await auth.mail.deliver();
      expect(report.delivered).toBe(0);
      dead += report.dead;
      again = report.dead > 0;
    }
    expect(dead).toBe(addresses.length);
    expect(server.mails).toEqual([]);
    expect((await auth.mail.listDead()).map(({ reason }) => reason)).toEqual(
      addresses.map(() => "address invalid"),
    );
  });

  it("IN-03: is no header", async () => {
    for (const end of breaks) {
      const { auth, server } = await catching({
        ...welcomeLetter,
        render: async (data, brand) => ({
          ...(await welcomeLetter.render(data, brand)),
          subject: `Hello${end}`,
        }),
      });
      await auth.letters.send([{}]);
      expect(await auth.mail.deliver()).toEqual({ ...nothing, dead: 1 });
      expect(await auth.mail.listDead()).toMatchObject([{ reason: "template wrote no mail" }]);
      expect(server.mails).toEqual([]);
      await auth.close();
    }
  });

  it("reaches addresses in every script as one recipient", async () => {
    const { auth, server } = await catching();
    await auth.letters.send([{ to: "leser@bücher.example" }, { to: "読者@example.com" }]);
    expect(await auth.mail.deliver()).toEqual({ ...nothing, delivered: 2 });
    const mails = server.mails.map(({ recipients, source }) => ({ recipients, source }));
    expect(mails.flatMap(({ recipients }) => recipients).sort()).toEqual([
      "leser@bücher.example",
      "読者@example.com",
    ]);
    expect(mails.find(({ recipients }) => recipients[0]!.startsWith("leser"))!.source).toContain(
      "\r\nTo: leser@xn--bcher-kva.example\r\n",
    );
  });

  describe("in a template", () => {
    it("fails the delivery, and tells nobody what the mail said", async () => {
      const { auth } = await catching({
        name: "letters.welcome",
        render: ({ link }) => {
          throw new RangeError(`cannot show ${link}`);
        },
      });
      await auth.letters.send([{ token: "hush-hush" }]);
      expect(await auth.mail.deliver()).toEqual({ ...nothing, dead: 1 });
      expect(await auth.mail.listDead()).toMatchObject([{ reason: "template failed RangeError" }]);
      expect(JSON.stringify(auth.log)).not.toContain("hush-hush");
    });

    it.each([null, "a text", {}, { subject: "x", text: "y" }, { subject: "", text: "y", html: "z" }])(
      "is no mail: %o",
      async (content) => {
        const { auth } = await catching({ name: "letters.welcome", render: () => content as never });
        await auth.letters.send([{}]);
        expect(await auth.mail.deliver()).toEqual({ ...nothing, dead: 1 });
      },
    );
  });
});

describe("the options of mail", () => {
  const options: MailOptions = { from: "Acme <no-reply@acme.example>", transport: memoryTransport() };
  it.each<readonly [string, object]>([
    ["from", { from: "Acme" }],
    ["from", { from: "Acme <no-reply@acme.example>, b@acme.example" }],
    ["from", { from: "Acme\r\nBcc: x@y.example <no-reply@acme.example>" }],
    ["from", { from: undefined }],
    ["replyTo", { replyTo: "not an address" }],
    ["transport", { transport: undefined }],
    ["transport", { transport: {} }],
    ["brand.name", { brand: { name: "Acme\r\nBcc: x@y.example" } }],
    ["brand.color", { brand: { color: "red;background:url(x)" } }],
    ["brand.logoUrl", { brand: { logoUrl: "http://acme.example/logo.png" } }],
    ["delivery", { delivery: "later" }],
    ["maxAttempts", { maxAttempts: 0 }],
    ["concurrency", { concurrency: 1.5 }],
    ["sendTimeoutSeconds", { sendTimeoutSeconds: 601 }],
    ["pollSeconds", { pollSeconds: Number.NaN }],
    ["keepDeadSeconds", { keepDeadSeconds: -1 }],
  ])("%s is refused where it is wrong: %o", (name, wrong) => {
    expect(() => mail({ ...options, ...wrong } as MailOptions)).toThrow(`mail: ${name}`);
  });

  it.each([
    ["no-reply@acme.example", { name: null, address: "no-reply@acme.example" }],
    ["Acme <no-reply@acme.example>", { name: "Acme", address: "no-reply@acme.example" }],
    ['"Acme, Inc." <no-reply@acme.example>', { name: "Acme, Inc.", address: "no-reply@acme.example" }],
    ["<no-reply@acme.example>", { name: null, address: "no-reply@acme.example" }],
    ["Bücher <post@bücher.example>", { name: "Bücher", address: "post@xn--bcher-kva.example" }],
  ])("from may be %s", async (from, expected) => {
    const { readMailbox } = await import("../../../src/modules/mail/mailbox.ts");
    expect(readMailbox(from)).toEqual(expected);
  });
});

forDatabase("sqlite", "texts of the application's own", (ctx) => {
  it("stand in the place of the module's", async () => {
    const templates = {
      "letters.welcome": async ({ link }: { link: string }) => ({
        subject: "Mine",
        text: `Mine: ${link}`,
        html: "<p>Mine</p>",
      }),
    };
    const auth = await createMailAuth(ctx, { templates });
    await auth.letters.send([{ token: "abc" }]);
    await auth.mail.deliver();
    expect(auth.inbox.messages).toMatchObject([
      { subject: "Mine", text: "Mine: https://app.example.com/verify?token=abc", html: "<p>Mine</p>" },
    ]);
  });

  it("are refused for mails that nobody has, and the handle is given back", async () => {
    const templates = { "letters.welcom": () => ({ subject: "a", text: "b", html: "c" }) };
    await expect(createMailAuth(ctx, { templates })).rejects.toMatchObject({
      code: "configuration_invalid",
      message: expect.stringMatching(/letters\.welcom\. There are: letters\.welcome/) as string,
    });
  });

  it("need a secret, and names that mails can have", async () => {
    await expect(createMailAuth(ctx, { secret: [] })).rejects.toThrow(/secret/);
    for (const name of ["welcome", "letters.", "letters.a b", "Letters.welcome"]) {
      const misnamed = letters({ template: { ...welcomeLetter, name: name as never } });
      await expect(createMailAuth(ctx, { letters: misnamed })).rejects.toThrow(/name of a mail/);
    }
  });
});
