import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

import { keepSecret } from "./keep-secret.ts";
import { type ProviderSettings, readProviders } from "./provider-settings.ts";

export interface Settings {
  readonly port: number;
  readonly databaseUrl: string;
  /** Where people reach the application: what links in mails begin with. */
  readonly baseUrl: string;
  readonly isProduction: boolean;
  /** Signs cookies; undefined if none was given. */
  readonly secret: string | undefined;
  /** The server that takes mails; undefined in development, where they are shown at /dev/mail. */
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  readonly providers: ProviderSettings;
}

/**
 * Reads `PORT` (3000), `DATABASE_URL` (a SQLite file under .data), `BASE_URL`, `AUTH_SECRET`, `SMTP_URL`, `MAIL_FROM`,
 * `NODE_ENV`, and what `readProviders` reads. Throws an `Error` for a port that is none, and for what production lacks.
 */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const { DATABASE_URL = "sqlite:./.data/app.db", MAIL_FROM = "Wispy Notes <no-reply@notes.example>" } = env;
  const port = readPort(env["PORT"] ?? "3000");
  const isProduction = env["NODE_ENV"] === "production";
  return {
    port,
    databaseUrl: DATABASE_URL,
    baseUrl: readBaseUrl(env["BASE_URL"], { port, isProduction }),
    isProduction,
    secret: env["AUTH_SECRET"] || undefined,
    smtpUrl: readSmtpUrl(env["SMTP_URL"], isProduction),
    mailFrom: MAIL_FROM,
    providers: readProviders(env),
  };
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  // Not 0, for a port that the system chooses: links are made of it before there is one.
  if (port >= 1 && port <= 65_535) return port;
  throw new Error(`PORT is "${text}", and must be a number from 1 to 65535`);
}

function readBaseUrl(
  given: string | undefined,
  { port, isProduction }: Pick<Settings, "port" | "isProduction">,
): string {
  const baseUrl = given?.replace(/\/$/, "") ?? "";
  if (baseUrl !== "") return baseUrl;
  if (!isProduction) return `http://localhost:${port}`;
  throw new Error("BASE_URL must be set in production: links in mails begin with it");
}

function readSmtpUrl(given: string | undefined, isProduction: boolean): string | undefined {
  if (given || !isProduction) return given || undefined;
  throw new Error("SMTP_URL must be set in production: smtps://user:password@smtp.example.com");
}

/** Makes the folder of a SQLite file; other databases need none. */
export function createDatabaseFolder(databaseUrl: string): void {
  const path = findSqliteFile(databaseUrl);
  if (path !== undefined) mkdirSync(dirname(path), { recursive: true });
}

/**
 * The secret that was given. Without one, in development, one that the first start makes and keeps: beside the SQLite
 * file, or in .data. Throws an `Error` in production, where several machines may have to know the same one.
 */
export function findSecret({ secret, isProduction, databaseUrl }: Settings): string {
  if (secret !== undefined) return secret;
  if (isProduction) throw new Error("AUTH_SECRET must be set in production: openssl rand -base64 32");
  return keepSecret(`${findSqliteFile(databaseUrl) ?? "./.data/app"}.secret`);
}

function findSqliteFile(databaseUrl: string): string | undefined {
  const path = /^sqlite:(.+)$/.exec(databaseUrl)?.[1];
  return path === ":memory:" ? undefined : path;
}
