import type { Database } from "better-sqlite3";
import type { Server } from "node:http";
import type { Pool } from "pg";
import { type Auth, createAuth } from "wispy-auth";

import type { Notes } from "./notes/notes.ts";
import * as postgres from "./notes/postgres-notes.ts";
import * as sqlite from "./notes/sqlite-notes.ts";
import { accountRoutes } from "./routes/account-routes.ts";
import { noteRoutes } from "./routes/note-routes.ts";
import { signRoutes } from "./routes/sign-routes.ts";
import { createDatabaseFolder } from "./settings.ts";
import { type SignUp, signUpOnPostgres, signUpOnSqlite } from "./sign-up.ts";
import { createWebServer } from "./web/create-web-server.ts";

export interface Application {
  /** Not listening yet. */
  readonly server: Server;
  /** After the server has closed: gives the database back. */
  close(): Promise<void>;
}

/** Opens the database, brings its tables up to date and puts the pages together. */
export async function createApplication(databaseUrl: string): Promise<Application> {
  createDatabaseFolder(databaseUrl);
  const auth = await createAuth({
    database: databaseUrl,
    // Secure cookies (`__Host-…`) need https, or a browser that trusts http://localhost as well, and Safari does not.
    // So they are left to production, where wispy-auth would refuse to start without them.
    cookie: { secure: process.env["NODE_ENV"] === "production" },
    password: { appName: "Wispy Notes" },
    // An account made there would come without its first note (see sign-up.ts).
    disabledRoutes: ["signUp"],
  });
  try {
    const { notes, signUp } = await openNotes(auth);
    const routes = { ...signRoutes(auth, signUp), ...noteRoutes(notes), ...accountRoutes(auth) };
    const cleaning = keepClean(auth);
    return {
      server: createWebServer({ auth, routes }),
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
async function openNotes(auth: Auth): Promise<{ notes: Notes; signUp: SignUp }> {
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
function keepClean(auth: Auth): NodeJS.Timeout {
  const hour = 60 * 60 * 1000;
  return setInterval(() => void auth.cleanUp().catch(console.error), hour).unref();
}
