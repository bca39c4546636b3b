import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

import { keepSecret } from "./keep-secret.ts";

export interface Settings {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly databaseUrl: string;
  /** Where people reach the application. Without it, where each request says that it is. */
  readonly baseUrl: string | undefined;
  readonly isProduction: boolean;
  /** Signs cookies; undefined if none was given. */
  readonly secret: string | undefined;
}

/**
 * Reads `PORT` (3000), `DATABASE_URL` (a SQLite file under .data), `BASE_URL`, `AUTH_SECRET` and `NODE_ENV`. Throws an
 * `Error` for a port that is none.
 */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const { PORT = "3000", DATABASE_URL = "sqlite:./.data/app.db" } = env;
  const port = /^\d{1,5}$/.test(PORT) ? Number(PORT) : NaN;
  if (!(port <= 65_535)) throw new Error(`PORT is "${PORT}", and must be a number up to 65535`);
  return {
    port,
    databaseUrl: DATABASE_URL,
    baseUrl: env["BASE_URL"]?.replace(/\/$/, "") || undefined,
    isProduction: env["NODE_ENV"] === "production",
    secret: env["AUTH_SECRET"] || undefined,
  };
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
