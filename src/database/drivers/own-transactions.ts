import { AuthError } from "../../errors.ts";
import type { AsyncConnection } from "./driver.ts";

const reads = /^\s*(select|pragma)\b/i;

/**
 * Gives every write on a SQLite connection a transaction of its own. Where a package does not tell whether the
 * application has left one open, BEGIN does, by being refused; a lone statement would become part of it, and vanish
 * with its rollback.
 */
export function withOwnTransactions(connection: AsyncConnection): AsyncConnection {
  let begun = false;
  const begin = async (): Promise<void> => {
    await connection.begin().catch((error: unknown) => {
      throw isRefused(error) ? leftOpen(error) : error;
    });
    begun = true;
  };
  const commit = async (): Promise<boolean> => {
    const committed = await connection.commit();
    begun = false;
    return committed;
  };
  const rollback = async (): Promise<void> => {
    await connection.rollback();
    begun = false;
  };
  return {
    ...connection,
    begin,
    commit,
    rollback,
    async query(sent) {
      if (begun || reads.test(sent.text)) return connection.query(sent);
      await begin();
      try {
        const result = await connection.query(sent);
        await commit();
        return result;
      } catch (error) {
        await rollback().catch(() => undefined);
        throw error;
      }
    },
  };
}

/** SQLite has no code of its own for this; of a statement that is always the same, nothing else is possible. */
function isRefused(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "SQLITE_ERROR";
}

function leftOpen(cause: unknown): AuthError {
  return new AuthError("host_transaction_open", {
    message: "The application left a transaction open on its SQLite connection; end it, or join it",
    cause,
  });
}
