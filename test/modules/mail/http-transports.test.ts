import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  mailgunTransport,
  postmarkTransport,
  resendTransport,
  sendGridTransport,
  type MailMessage,
  type MailTransport,
} from "wispy-auth/mail";
import {
  answerWith,
  startMailService,
  type MailService,
  type ServiceRequest,
} from "./support/mail-service.ts";

const message: MailMessage = {
  from: { name: "Acme, Inc.", address: "no-reply@acme.example" },
  replyTo: { name: null, address: "help@acme.example" },
  to: "reader@example.com",
  subject: "Grüße from Acme",
  text: "Follow https://app.example.com/reset?token=abc",
  html: "<p>Follow this</p>",
  template: "letters.welcome",
  idempotencyKey: "0198c5a0-0000-7000-8000-000000000001",
  messageId: "<0198c5a0-0000-7000-8000-000000000001@acme.example>",
  headers: { "Auto-Submitted": "auto-generated" },
};

const key = "a-key-that-nobody-may-see";

type Options = {
  readonly apiUrl?: string;
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
};

const transports: Readonly<Record<string, (options: Options) => MailTransport>> = {
  resend: (options) => resendTransport({ apiKey: key, ...options }),
  sendgrid: (options) => sendGridTransport({ apiKey: key, ...options }),
  mailgun: (options) => mailgunTransport({ apiKey: key, domain: "mg.acme.example", ...options }),
  postmark: (options) => postmarkTransport({ serverToken: key, ...options }),
};
const all = Object.entries(transports);

const { signal } = new AbortController();

describe("the HTTP transports", () => {
  let service: MailService;
  beforeAll(async () => {
    service = await startMailService();
  });
  afterAll(() => service.close());
  beforeEach(() => {
    service.answer = answerWith(200, {});
  });

  const send = (name: string, changes: Partial<MailMessage> = {}): Promise<void> =>
    transports[name]!({ apiUrl: service.url }).send({ ...message, ...changes }, { signal });
  const sent = async (name: string): Promise<ServiceRequest> => {
    await send(name);
    return service.requests.at(-1)!;
  };

  it("hands a mail to Resend", async () => {
    const { method, path, headers, body } = await sent("resend");
    expect([method, path]).toEqual(["POST", "/emails"]);
    expect(headers).toMatchObject({
      authorization: `Bearer ${key}`,
      "idempotency-key": message.idempotencyKey,
      "content-type": "application/json",
    });
    expect(JSON.parse(body)).toEqual({
      from: '"Acme, Inc." <no-reply@acme.example>',
      to: ["reader@example.com"],
      reply_to: "help@acme.example",
      subject: message.subject,
      text: message.text,
      html: message.html,
      headers: message.headers,
    });
  });

  it("hands a mail to SendGrid, without tracking", async () => {
    const { method, path, headers, body } = await sent("sendgrid");
    expect([method, path, headers.authorization]).toEqual(["POST", "/v3/mail/send", `Bearer ${key}`]);
    expect(JSON.parse(body)).toEqual({
      personalizations: [{ to: [{ email: "reader@example.com" }] }],
      from: { email: "no-reply@acme.example", name: "Acme, Inc." },
      reply_to: { email: "help@acme.example" },
      subject: message.subject,
      content: [
        { type: "text/plain", value: message.text },
        { type: "text/html", value: message.html },
      ],
      headers: { "Auto-Submitted": "auto-generated", "Message-ID": message.messageId },
      tracking_settings: {
        click_tracking: { enable: false, enable_text: false },
        open_tracking: { enable: false },
      },
    });
  });

  it("hands a mail to Mailgun, without tracking", async () => {
    const { method, path, headers, body } = await sent("mailgun");
    expect([method, path]).toEqual(["POST", "/v3/mg.acme.example/messages"]);
    expect(headers.authorization).toBe(`Basic ${Buffer.from(`api:${key}`).toString("base64")}`);
    expect(headers["content-type"]).toMatch(/^application\/x-www-form-urlencoded/);
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      from: '"Acme, Inc." <no-reply@acme.example>',
      to: "reader@example.com",
      subject: message.subject,
      text: message.text,
      html: message.html,
      "h:Auto-Submitted": "auto-generated",
      "h:Message-Id": message.messageId,
      "h:Reply-To": "help@acme.example",
      "o:tracking": "no",
      "o:tracking-clicks": "no",
      "o:tracking-opens": "no",
    });
  });

  it("hands a mail to Postmark, without tracking", async () => {
    const { method, path, headers, body } = await sent("postmark");
    expect([method, path, headers["x-postmark-server-token"]]).toEqual(["POST", "/email", key]);
    expect(JSON.parse(body)).toEqual({
      From: '"Acme, Inc." <no-reply@acme.example>',
      To: "reader@example.com",
      ReplyTo: "help@acme.example",
      Subject: message.subject,
      TextBody: message.text,
      HtmlBody: message.html,
      MessageStream: "outbound",
      Headers: [
        { Name: "Auto-Submitted", Value: "auto-generated" },
        { Name: "Message-ID", Value: message.messageId },
        { Name: "X-PM-KeepID", Value: "true" },
      ],
      TrackOpens: false,
      TrackLinks: "None",
    });
  });

  it.each([
    ["Resend", "https://api.resend.com/emails", (fetch) => resendTransport({ apiKey: key, fetch })],
    [
      "SendGrid",
      "https://api.sendgrid.com/v3/mail/send",
      (fetch) => sendGridTransport({ apiKey: key, fetch }),
    ],
    [
      "SendGrid in the EU",
      "https://api.eu.sendgrid.com/v3/mail/send",
      (fetch) => sendGridTransport({ apiKey: key, region: "eu", fetch }),
    ],
    [
      "Mailgun",
      "https://api.mailgun.net/v3/acme.example/messages",
      (fetch) => mailgunTransport({ apiKey: key, domain: "acme.example", fetch }),
    ],
    [
      "Mailgun in the EU",
      "https://api.eu.mailgun.net/v3/acme.example/messages",
      (fetch) => mailgunTransport({ apiKey: key, domain: "acme.example", region: "eu", fetch }),
    ],
    [
      "Postmark",
      "https://api.postmarkapp.com/email",
      (fetch) => postmarkTransport({ serverToken: key, fetch }),
    ],
  ] as readonly (readonly [string, string, (fetch: NonNullable<Options["fetch"]>) => MailTransport])[])(
    "asks %s at its own address, by the fetch it was given",
    async (_, address, make) => {
      const asked: string[] = [];
      const transport = make(async (url) => {
        asked.push(url);
        return new Response("{}");
      });
      await transport.send(message, { signal });
      expect(asked).toEqual([address]);
    },
  );

  describe.each(all)("tell what %s refuses for good from what may pass", (name) => {
    const failure = async (): Promise<unknown> => {
      const error: unknown = await send(name).catch((cause: unknown) => cause);
      expect(error).toMatchObject({ code: "mail.delivery_failed" });
      expect((error as Error).message).not.toMatch(/reader@example\.com|a-key/);
      return (error as { data: unknown }).data;
    };

    it("by what it answers", async () => {
      const sentence = "reader@example.com is no address";
      service.answer = answerWith(422, {
        name: "validation_error",
        ErrorCode: 300,
        errors: [{ message: sentence }],
        message: sentence,
      });
      expect(await failure()).toMatchObject({ permanent: true });
      for (const status of [401, 403, 404, 408, 409, 500, 502, 503]) {
        service.answer = answerWith(status, { message: sentence });
        expect(await failure()).toEqual({ reason: `${name} ${String(status)}`, permanent: false });
      }
    });

    it("and waits as long as it asks, in seconds or until a date", async () => {
      service.answer = answerWith(429, {}, { "retry-after": "120" });
      expect(await failure()).toMatchObject({ permanent: false, retryAfterSeconds: 120 });
      service.answer = answerWith(
        503,
        {},
        { date: "Thu, 26 Nov 2026 10:00:00 GMT", "retry-after": "Thu, 26 Nov 2026 10:05:00 GMT" },
      );
      expect(await failure()).toMatchObject({ permanent: false, retryAfterSeconds: 300 });
      for (const nonsense of ["soon", "-5", "Thu, 26 Nov 1970 10:05:00 GMT"]) {
        service.answer = answerWith(429, {}, { "retry-after": nonsense });
        expect(await failure()).not.toHaveProperty("retryAfterSeconds");
      }
    });

    it("where the answer is no JSON, endless, a redirect or none", async () => {
      service.answer = (response) => void response.writeHead(502).end("<html>Bad gateway</html>");
      expect(await failure()).toEqual({ reason: `${name} 502`, permanent: false });
      service.answer = (response) => {
        response.writeHead(500);
        const more = (): void => {
          while (!response.destroyed && response.write("x".repeat(65_536)));
          if (!response.destroyed) response.once("drain", more);
        };
        more();
      };
      expect(await failure()).toEqual({ reason: `${name} 500`, permanent: false });
      const before = service.requests.length;
      service.answer = (response) =>
        void response.writeHead(307, { location: `${service.url}/elsewhere` }).end();
      await expect(send(name)).rejects.toThrow();
      expect(service.requests.slice(before).map(({ path }) => path)).not.toContain("/elsewhere");
      service.answer = (response) => response.destroy();
      await expect(send(name)).rejects.toThrow();
    });
  });

  it("gives up for good what Resend knows under another text, and nothing else that conflicts", async () => {
    service.answer = answerWith(409, { name: "invalid_idempotent_request" });
    const reason = "resend 409 invalid_idempotent_request";
    await expect(send("resend")).rejects.toMatchObject({ data: { reason, permanent: true } });
    service.answer = answerWith(409, { name: "concurrent_idempotent_requests" });
    await expect(send("resend")).rejects.toMatchObject({ data: { permanent: false } });
  });

  it("gives up for good whom Postmark knows to have bounced, and not what is wrong with the account", async () => {
    service.answer = answerWith(422, { ErrorCode: 406, Message: "reader@example.com is inactive" });
    await expect(send("postmark")).rejects.toMatchObject({
      data: { reason: "postmark 422 406", permanent: true },
    });
    service.answer = answerWith(422, { ErrorCode: 405, Message: "Out of credits" });
    await expect(send("postmark")).rejects.toMatchObject({ data: { permanent: false } });
  });

  it.each(all)("stops asking %s when nobody waits any more", async (_, make) => {
    const controller = new AbortController();
    service.answer = () => controller.abort();
    await expect(make({ apiUrl: service.url }).send(message, controller)).rejects.toThrow();
  });

  it.each(all)("refuses a key that would break a header of %s, and does not show it", (_, make) => {
    for (const wrong of ["", "two words", "line\r\nX-Evil: 1", undefined]) {
      const broken = { apiKey: wrong, serverToken: wrong } as unknown as Options;
      expect(() => make(broken)).toThrow(/mail: \w+Transport: (apiKey|serverToken) is a key/);
    }
    expect(() => make({ apiUrl: "ftp://example.com" })).toThrow(/apiUrl/);
  });
});
