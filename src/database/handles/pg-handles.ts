import { AuthError } from "../../errors.ts";
import type { PgClient, PgPool } from "../drivers/pg.ts";
import type { HandleKind } from "./handle-kind.ts";

export const pgHandles: HandleKind = {
  databases: [
    {
      words: "a pg.Pool",
      recognises: isPool,
      async open(handle, deadlines) {
        const pool = handle as PgPool;
        refuseBinary(pool.options);
        const { pgPoolDriver } = await import("../drivers/pg.ts");
        return pgPoolDriver(pool, deadlines);
      },
    },
    {
      words: "a pg.Client",
      recognises: isClient,
      async open(handle, deadlines) {
        refuseBinary(handle);
        const { pgClientDriver } = await import("../drivers/pg-client.ts");
        return pgClientDriver(handle as PgClient, deadlines);
      },
    },
  ],
  transactions: [
    {
      words: "a pg.Client, or one from pool.connect()",
      recognises: isClient,
      async join(handle) {
        const { joinPgClient } = await import("../drivers/pg.ts");
        return joinPgClient(handle as PgClient);
      },
    },
  ],
};

function isPool(handle: object): boolean {
  return "totalCount" in handle && "connect" in handle && "idleCount" in handle;
}

function isClient(handle: object): boolean {
  return "query" in handle && "connection" in handle && "processID" in handle && !("totalCount" in handle);
}

/** pg's option `binary` turns every result into bytes that it has decoded as UTF-8 already; no query can decline it. */
function refuseBinary(options: object): void {
  if (!("binary" in options) || options.binary !== true) return;
  throw new AuthError("configuration_invalid", {
    message: "The pg option `binary` garbles results; leave it out of the pool's or client's options",
  });
}
