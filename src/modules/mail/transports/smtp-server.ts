import { invalid } from "../mail-settings.ts";
import type { SmtpOptions } from "./smtp-transport.ts";

/** A server as nodemailer takes it. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly requireTLS: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
}

/** @throws AuthError `configuration_invalid`, without the password in it */
export function readSmtpServer(options: SmtpOptions): SmtpServer {
  const { url, host } = options;
  if ((url === undefined) === (host === undefined)) throw invalid("smtpTransport takes either url or host");
  const parts: SmtpOptions = url === undefined ? options : { ...options, ...partsOf(url) };
  const { secure = parts.port === 465, user, password = "" } = parts;
  const { port = secure ? 465 : 587 } = parts;
  if (typeof parts.host !== "string" || parts.host === "") throw invalid("smtpTransport: host is empty");
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw invalid("smtpTransport: port is a whole number from 1 to 65535");
  }
  return {
    host: parts.host,
    port,
    secure,
    requireTLS: !secure && (options.requireTls ?? !isThisMachine(parts.host)),
    ...(user !== undefined && { auth: { user, pass: password } }),
  };
}

function partsOf(text: string): SmtpOptions {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === "" || url.search !== "") {
    throw invalid(
      "smtpTransport: url is like smtps://user:password@smtp.example.com:465, without parameters",
    );
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    secure: url.protocol === "smtps:",
    ...(url.port !== "" && { port: Number(url.port) }),
    ...(url.username !== "" && {
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
    }),
  };
}

function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}
