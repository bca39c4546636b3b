import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

export interface Settings {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly databaseUrl: string;
}

/** Reads `PORT` (3000) and `DATABASE_URL` (a SQLite file under .data). Throws an `Error` for a port that is none. */
export function readSettings(
  { PORT = "3000", DATABASE_URL = "sqlite:./.data/app.db" } = process.env,
): Settings {
  const port = /^\d{1,5}$/.test(PORT) ? Number(PORT) : NaN;
  if (!(port <= 65_535)) throw new Error(`PORT is "${PORT}", and must be a number up to 65535`);
  return { port, databaseUrl: DATABASE_URL };
}

/** Makes the folder of a SQLite file; other databases need none. */
export function createDatabaseFolder(databaseUrl: string): void {
  const path = /^sqlite:(.+)$/.exec(databaseUrl)?.[1];
  if (path !== undefined && path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
}
