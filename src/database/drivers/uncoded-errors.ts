import { AuthError } from "../../errors.ts";

/**
 * Gives the errors a code that packages throw with words alone and that query builders hand through from below:
 * by those words, since there is nothing else to go by. Others are returned as they are.
 */
export function coded(error: unknown): unknown {
  if (!(error instanceof Error) || "code" in error) return error;
  const { message } = error;
  if (ended.some((words) => message.startsWith(words))) {
    return new AuthError("database_closed", {
      message: "The application's database handle was closed; no statement can be sent",
      cause: error,
    });
  }
  // pg's Pool, where the application gave it a timeout.
  if (message.startsWith("timeout exceeded when trying to connect")) {
    return new AuthError("connection_timeout", {
      message: "No connection became free within the time that the application's pool allows",
      cause: error,
    });
  }
  // better-sqlite3 refuses writes while the application goes through rows by iterate(). Nothing happened.
  if (message.startsWith("This database connection is busy")) {
    return Object.assign(error, { code: "SQLITE_BUSY_ITERATING" });
  }
  return error;
}

const ended = [
  "Cannot use a pool after calling end on the pool", // pg
  "The database connection is not open", // better-sqlite3
  "driver has already been destroyed", // Kysely
];
