import { byDialect, sql } from "../database/statements/fragment.ts";

/**
 * A condition that is true, and lets the commit of the statement's own transaction return before the disk has it.
 * For a statement alone in its transaction whose loss in a crash of the server is harmless; the setting ends
 * with the transaction, so a borrowed connection goes back as it came.
 */
export const withoutFlush = byDialect({
  postgres: sql`set_config('synchronous_commit', 'off', true) = 'off'`,
  sqlite: sql`true`,
});
