import type { Database } from "better-sqlite3";
import type { Server } from "node:http";
import type { Pool } from "pg";

import type { Notes } from "./notes/notes.ts";
import * as postgres from "./notes/postgres-notes.ts";
import * as sqlite from "./notes/sqlite-notes.ts";
import { openMailbox } from "./mail/open-mailbox.ts";
import { type AppAuth, openAuth } from "./open-auth.ts";
import { nameProviders } from "./providers.ts";
import { collectRoutes } from "./routes/collect-routes.ts";
import { createDatabaseFolder, type Settings } from "./settings.ts";
import { type SignUp, signUpOnPostgres, signUpOnSqlite } from "./sign-up.ts";
import { createWebServer } from "./web/create-web-server.ts";

export interface Application {
  /** Not listening yet. */
  readonly server: Server;
  /** After the server has closed: gives the database back. */
  close(): Promise<void>;
}

/** Opens the database, brings its tables up to date and puts the pages together. */
export async function createApplication(settings: Settings): Promise<Application> {
  createDatabaseFolder(settings.databaseUrl);
  const { transport, inbox } = openMailbox(settings);
  const auth = await openAuth(settings, transport);
  try {
    const providers = nameProviders(settings.providers);
    const routes = collectRoutes({ auth, inbox, providers, ...(await openNotes(auth)) });
    const cleaning = keepClean(auth);
    return {
      server: createWebServer({ auth, routes, baseUrl: settings.baseUrl }),
      close: async () => {
        clearInterval(cleaning);
        await auth.close();
      },
    };
  } catch (error) {
    await auth.close();
    throw error;
  }
}

/** The application's own table, on the very handle that wispy-auth works on. */
async function openNotes(auth: AppAuth): Promise<{ notes: Notes; signUp: SignUp }> {
  if (auth.database.dialect === "postgres") {
    const pool = auth.database.native as Pool;
    await postgres.createNotesTable(pool, auth.database.table("users"));
    return { notes: postgres.postgresNotes(pool), signUp: signUpOnPostgres(auth, pool) };
  }
  const db = auth.database.native as Database;
  sqlite.createNotesTable(db, auth.database.table("users"));
  return { notes: sqlite.sqliteNotes(db), signUp: signUpOnSqlite(auth, db) };
}

/** Expired sessions open nothing; once an hour their rows go too. */
function keepClean(auth: AppAuth): NodeJS.Timeout {
  const hour = 60 * 60 * 1000;
  return setInterval(() => void auth.cleanUp().catch(console.error), hour).unref();
}
