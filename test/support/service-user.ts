import { readFileSync } from "node:fs";

/** Whom a child process runs as; empty: as ourselves. */
export interface ServiceUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL and PgBouncer refuse to run as root: for root `postgres`, else `nobody`, which every system has. */
export function findServiceUser(): ServiceUser {
  if (process.getuid?.() !== 0) return {};
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["postgres", "nobody"]) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(
    "Running as root, and /etc/passwd has neither `postgres` nor `nobody` to run PostgreSQL as.",
  );
}
