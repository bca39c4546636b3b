import { existsSync } from "node:fs";
import { AuthError } from "../../errors.ts";
import type { DriverResult } from "./driver.ts";

/** Which files a handle of libSQL works on; the answer is for {@link requireLocalFile}. */
export const askFiles = { text: "PRAGMA database_list", values: [] } as const;

/**
 * What a remote server or a replica's primary guarantees cannot be seen from here: whether foreign keys hold there,
 * how long it keeps a transaction open, what a lost connection has left behind.
 * @throws AuthError `unsupported_handle`
 */
export function requireLocalFile({ rows }: Pick<DriverResult, "rows">): void {
  const [, , file] = rows.find(([, name]) => name === "main") ?? [];
  // In memory there is none.
  if (typeof file !== "string" || file === "") return;
  const replica = replicaFiles.some((suffix) => existsSync(file + suffix));
  if (replica || !existsSync(file)) throw notLocal();
}

/** What libSQL keeps beside the file of a replica. */
const replicaFiles = ["-client_wal_index", "-info"];

export function notLocal(): AuthError {
  return new AuthError("unsupported_handle", {
    message:
      "Of libSQL, local databases can be lent: a file or memory, no remote server and no embedded replica",
  });
}
