import { isAuthError } from "../../errors.ts";
import { ok, type Check } from "../check.ts";
import { reasonOf } from "../reason.ts";

const fixes: Readonly<Record<string, string>> = {
  connection_timeout:
    "Every connection of the pool is taken: raise its `max`, or hold connections for less time",
  database_closed: "Look before the handle is closed",
  host_transaction_open: "Look outside the transaction, or hand over a pool instead of a single client",
};

const otherwise = "Check the URL, and that the database accepts connections from here";

export const connection: Check = {
  id: "connection",
  title: "Whether the database answers",
  dialects: ["postgres", "sqlite"],
  async run({ database }) {
    try {
      if (database.dialect === "postgres") await database.inspect("select pg_backend_pid() as pid");
      // The file itself is read: a constant would come from an unreadable one, too.
      else await database.query("select count(*) as objects from sqlite_master");
    } catch (error) {
      const code = isAuthError(error) ? error.code : "internal_error";
      const message = `The database does not answer: ${reasonOf(error)}`;
      return [{ severity: "error", message, fix: fixes[code] ?? otherwise, data: { code } }];
    }
    return ok("The database answers");
  },
};
