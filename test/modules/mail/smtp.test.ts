import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { smtpTransport, type MailMessage, type SmtpOptions } from "wispy-auth/mail";
import type { SMTPServerOptions } from "smtp-server";
import { buildProgram } from "../../support/run-program.ts";
import { createTemporaryFolder } from "../../support/temporary-folder.ts";
import { startMailCatcher, type MailCatcher } from "./support/mail-catcher.ts";

const message: MailMessage = {
  from: { name: "Acme, Inc.", address: "no-reply@acme.example" },
  replyTo: { name: null, address: "help@acme.example" },
  to: "reader@example.com",
  subject: "Grüße from Acme",
  text: "Follow https://app.example.com/reset?token=abc\n.\nand be well ✓\n",
  html: "<p>Follow <a href='https://app.example.com/reset?token=abc'>this</a></p>",
  template: "letters.welcome",
  idempotencyKey: "0198c5a0-0000-7000-8000-000000000001",
  messageId: "<0198c5a0-0000-7000-8000-000000000001@acme.example>",
  headers: { "Auto-Submitted": "auto-generated" },
};

async function catcher(options: SMTPServerOptions = {}): Promise<MailCatcher> {
  const server = await startMailCatcher(options);
  onTestFinished(() => server.close());
  return server;
}

function send(options: SmtpOptions, changes: Partial<MailMessage> = {}): Promise<void> {
  const transport = smtpTransport(options);
  onTestFinished(async () => transport.close?.());
  return transport.send({ ...message, ...changes }, { signal: new AbortController().signal });
}

describe("the SMTP transport", () => {
  it("delivers both forms, whole, with its headers", async () => {
    const server = await catcher();
    await send({ url: server.url });
    const [{ parsed, recipients, sender }] = server.mails as [(typeof server.mails)[0]];
    expect([sender, recipients]).toEqual(["no-reply@acme.example", ["reader@example.com"]]);
    expect(parsed.from?.value).toEqual([{ name: "Acme, Inc.", address: "no-reply@acme.example" }]);
    expect(parsed.replyTo?.value).toEqual([{ name: "", address: "help@acme.example" }]);
    expect([parsed.to].flat()[0]?.value).toEqual([{ name: "", address: "reader@example.com" }]);
    expect(parsed.subject).toBe(message.subject);
    expect(parsed.text).toBe(message.text);
    expect(parsed.html).toBe(message.html);
    expect(parsed.messageId).toBe(message.messageId);
    expect(parsed.headers.get("auto-submitted")).toBe("auto-generated");
  });

  it("signs in with what the URL says, and uses a connection again", async () => {
    const seen: unknown[] = [];
    let connections = 0;
    const server = await catcher({
      authOptional: false,
      allowInsecureAuth: true,
      onConnect: (_, done) => {
        connections += 1;
        done();
      },
      onAuth: ({ username, password }, _, done) => {
        seen.push([username, password]);
        done(null, { user: username });
      },
    });
    const url = `smtp://user%40acme:pass%2Fword@127.0.0.1:${String(server.port)}`;
    const transport = smtpTransport({ url });
    onTestFinished(async () => transport.close?.());
    const { signal } = new AbortController();
    for (let i = 0; i < 3; i += 1) await transport.send(message, { signal });
    expect(server.mails).toHaveLength(3);
    expect([seen, connections]).toEqual([[["user@acme", "pass/word"]], 1]);
  });

  it("IN-03, IN-04: writes no header and no recipient but its own, whatever it is given", async () => {
    const server = await catcher();
    const breaks = ["\r\nBcc: victim@example.org", "\nBcc: victim@example.org", "\0", "\r\n\r\nbody"];
    for (const end of breaks) {
      const tries: Partial<MailMessage>[] = [
        { subject: `Hello${end}` },
        { from: { name: `Acme${end}`, address: "no-reply@acme.example" } },
        { messageId: `<a${end}@acme.example>` },
      ];
      // What is refused is harmless too.
      for (const changes of tries) await send({ url: server.url }, changes).catch(() => undefined);
    }
    expect(server.mails.length).toBeGreaterThan(0);
    for (const { recipients, source, parsed } of server.mails) {
      expect(recipients).toHaveLength(1);
      expect(recipients[0]).toMatch(/^reader@example\.com/);
      const head = source.slice(0, source.indexOf("\r\n\r\n"));
      expect(head).not.toMatch(/^bcc:/im);
      expect(parsed.html).toBe(message.html);
    }
  });

  it("says what to install where nodemailer is missing", async () => {
    const server = await catcher();
    const folder = await createTemporaryFolder("no-packages");
    onTestFinished(() => folder.remove());
    const here = await buildProgram("send-by-smtp.ts");
    onTestFinished(() => here.remove());
    const root = fileURLToPath(new URL("../../../", import.meta.url));
    const elsewhere = await buildProgram("send-by-smtp.ts", { folder: relative(root, folder.path) });
    expect((await here.start([server.url]).ended).stdout).toBe("sent\n");
    expect((await elsewhere.start([server.url]).ended).stdout).toBe(
      "driver_missing: smtpTransport needs the package nodemailer: npm install nodemailer\n",
    );
  });

  it("takes no file and no address for a text", async () => {
    const server = await catcher();
    await expect(send({ url: server.url }, { text: { path: "/etc/passwd" } as never })).rejects.toThrow();
    expect(server.mails).toEqual([]);
  });

  describe("tells what is of no use to try again from what may pass", () => {
    const answer = (responseCode: number, text: string): Error =>
      Object.assign(new Error(text), { responseCode });
    it.each<readonly [string, SMTPServerOptions, object]>([
      [
        "a recipient who does not exist",
        { onRcptTo: (_, __, done) => done(answer(550, "5.1.1 No such user reader@example.com")) },
        { reason: "smtp 550 5.1.1", permanent: true },
      ],
      [
        "a server that is busy",
        { onRcptTo: (_, __, done) => done(answer(451, "4.7.1 Greylisted")) },
        { reason: "smtp 451 4.7.1", permanent: false },
      ],
      [
        "a sender that is refused",
        { onMailFrom: (_, __, done) => done(answer(553, "5.7.1 Not yours")) },
        { reason: "smtp 553 5.7.1", permanent: true },
      ],
      [
        "a password that is wrong",
        { authOptional: false, allowInsecureAuth: true, onAuth: (_, __, done) => done(answer(535, "No")) },
        { reason: "smtp 535", permanent: false },
      ],
      [
        "a server that greets with a refusal",
        { onConnect: (_, done) => done(answer(554, "Not you")) },
        { permanent: false },
      ],
    ])("%s", async (_, options, data) => {
      const server = await catcher(options);
      const account = options.onAuth ? { user: "user", password: "password" } : {};
      const failure = await send({ url: server.url, ...account }).catch((error: unknown) => error as Error);
      expect(failure).toMatchObject({ code: "mail.delivery_failed", data });
      expect((failure as Error).message).not.toContain("reader@example.com");
    });

    it("a server that is not there, and one that hangs up", async () => {
      const closing = createServer((socket) => void socket.destroy());
      closing.listen(0, "127.0.0.1");
      await once(closing, "listening");
      const { port } = closing.address() as AddressInfo;
      await expect(send({ host: "127.0.0.1", port })).rejects.toMatchObject({ data: { permanent: false } });
      await new Promise((resolve) => void closing.close(resolve));
      await expect(send({ host: "127.0.0.1", port })).rejects.toMatchObject({ data: { permanent: false } });
    });
  });

  describe("over connections that are encrypted", () => {
    it("sends nothing to a server that offers no encryption, unless it is on this machine or was allowed", async () => {
      const server = await catcher();
      await expect(send({ url: server.url, requireTls: true })).rejects.toMatchObject({
        data: { permanent: false },
      });
      expect(server.mails).toEqual([]);
      await send({ url: server.url, requireTls: false });
      expect(server.mails).toHaveLength(1);
    });

    it("takes no certificate that nobody vouches for", async () => {
      const server = await catcher({ disabledCommands: [] });
      const secure = await catcher({ secure: true });
      await expect(send({ url: server.url })).rejects.toMatchObject({ data: { permanent: false } });
      const smtps = secure.url.replace("smtp:", "smtps:");
      await expect(send({ url: smtps })).rejects.toMatchObject({ data: { permanent: false } });
      expect([...server.mails, ...secure.mails]).toEqual([]);
      await send({ url: server.url, tls: { rejectUnauthorized: false } });
      await send({ url: smtps, tls: { rejectUnauthorized: false } });
      expect([...server.mails, ...secure.mails].map((mail) => mail.secure)).toEqual([true, true]);
    });
  });

  it.each<readonly [string, SmtpOptions]>([
    ["no server", {}],
    ["two", { url: "smtp://localhost", host: "localhost" }],
    ["another protocol", { url: "https://user:hunter22@smtp.example.com" }],
    ["parameters", { url: "smtp://user:hunter22@smtp.example.com?tls.rejectUnauthorized=false" }],
    ["no URL", { url: "smtp.example.com:587" }],
    ["an impossible port", { host: "localhost", port: 70_000 }],
    ["no connection at all", { host: "localhost", maxConnections: 0 }],
  ])("is refused at the start with %s, without the password in the message", (_, options) => {
    let message = "";
    try {
      smtpTransport(options);
    } catch (error) {
      message = (error as Error).message;
      expect(error).toMatchObject({ code: "configuration_invalid" });
    }
    expect(message).toContain("smtpTransport");
    expect(message).not.toContain("hunter22");
  });
});
