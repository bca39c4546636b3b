// Sends one mail by SMTP to the URL that is its argument, and prints the code and the message of what went wrong.
import { isAuthError } from "wispy-auth/module";
import { smtpTransport } from "wispy-auth/mail";

const transport = smtpTransport({ url: process.argv[2]! });
const message = {
  from: { name: null, address: "no-reply@acme.example" },
  replyTo: null,
  to: "reader@example.com",
  subject: "Hello",
  text: "Hello",
  html: "<p>Hello</p>",
  template: "letters.welcome",
  idempotencyKey: "1",
  messageId: "<1@acme.example>",
  headers: {},
};
try {
  await transport.send(message, new AbortController());
  console.log("sent");
} catch (error) {
  console.log(isAuthError(error) ? `${error.code}: ${error.message}` : String(error));
}
await transport.close?.();
