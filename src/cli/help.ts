import { readFileSync } from "node:fs";

export const helpText = `Usage: wispy-auth <command> [options]

Brings the tables of wispy-auth up to date, and tells how they are.

Commands
  migrate   Apply what is missing. One statement if nothing is.
  status    Show what is applied and what is not.
  plan      Show what migrate would do.
  verify    Check that nothing is missing and nothing has drifted; for a deployment or CI.
  doctor    Look for what is wrong between wispy-auth and this database, and tell how to mend it.
  sql       Print the migrations as SQL, for another tool or for somebody with more rights.
  adopt     Take over the accounts of the Go library wispy-auth in the same database. Without --apply: show what
            would happen.

The database
  -d, --database URL    postgres://... or sqlite:./app.db. Default: the configuration file's, then DATABASE_URL.
  -c, --config FILE     A JavaScript module whose default export is the options of createAuth.
                        Default: wispy-auth.config.mjs or wispy-auth.config.js in this folder, if there is one.
      --namespace NAME  Where the tables are: the schema NAME on PostgreSQL, the prefix NAME_ on SQLite. Default: wispy.
      --schema NAME, --prefix TEXT  The same in parts.

Options of doctor
      --strict          Fail for a warning, too.
      --processes N     How many processes of the application run at once. Default: 1.

Options of sql
      --module NAME     Only this module's migrations.
      --pending         Only what the database lacks.
      --no-transaction  Without BEGIN and COMMIT, for a tool that brings its own.
      --dialect NAME    postgres or sqlite; no database is needed then.
      --format TOOL     Write files for prisma, drizzle, node-pg-migrate, knex, kysely or flyway: what the folder lacks.
      --out FOLDER      The tool's folder of migrations. Default: where the tool looks by itself.

Options of adopt
      --apply           Do it. Can be broken off and run again.
      --strict          Do nothing if there is anything to list.
      --from-schema NAME, --from-prefix TEXT  Where the old tables are. Default: the schema public, no prefix.
      --without-events  Leave the security events behind.
      --without-second-factor  Open accounts with a second factor to the password alone; else they come disabled.

Everywhere
      --json            One JSON object on standard output.
      --verbose         The stack of an error too; what doctor found to be fine.
  -h, --help
  -v, --version

Exit codes
  0  done        2  wrong command line or configuration   4  drift, or an edited migration
  1  failed      3  migrations are pending                5  the database is newer than this version
                                                          6  adopt held accounts back
`;

/** The version of this package. */
export function readVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return manifest.version;
}
