import type { Database } from "better-sqlite3";
import type { Pool } from "pg";
import type { RequestContext } from "wispy-auth";

import { inTransaction } from "./notes/in-transaction.ts";
import { welcomeText } from "./notes/notes.ts";
import * as postgres from "./notes/postgres-notes.ts";
import * as sqlite from "./notes/sqlite-notes.ts";
import type { AppAuth } from "./open-auth.ts";

type SignUpInput = Parameters<AppAuth["prepareSignUp"]>[0];

/** The session, and what became of the invitation. */
type SignedUp = Awaited<ReturnType<AppAuth["signUp"]>>;

/**
 * Makes an account and its first note, and redeems the invitation it came by: all of it, or nothing. Throws what
 * `auth.prepareSignUp` and `signUp` throw.
 */
export type SignUp = (input: SignUpInput, context: RequestContext) => Promise<SignedUp>;

// Both versions prepare first. Hashing a password takes some ten milliseconds on purpose, and no connection (or,
// on SQLite, the one write lock) is held meanwhile. What remains for the transaction is a few quick inserts.

/** The transaction belongs to the application, on a client of the pool that it shares with wispy-auth. */
export function signUpOnPostgres(auth: AppAuth, pool: Pool): SignUp {
  return async (input, context) => {
    const prepared = await auth.prepareSignUp(input, context);
    return inTransaction(pool, async (client) => {
      const signedUp = await auth.within(client).signUp(prepared);
      await postgres.insertNote(client, { userId: signedUp.user.id, text: welcomeText });
      return signedUp;
    });
  };
}

/** The same on better-sqlite3, where a transaction is a plain function: nothing in it is awaited. */
export function signUpOnSqlite(auth: AppAuth, db: Database): SignUp {
  return async (input, context) => {
    const prepared = await auth.prepareSignUp(input, context);
    const apply = db.transaction(() => {
      const signedUp = auth.within(db).signUp(prepared);
      sqlite.insertNote(db, { userId: signedUp.user.id, text: welcomeText });
      return signedUp;
    });
    // Takes the write lock at once, so that there is nothing left to fail for another process's sake half-way.
    return apply.immediate();
  };
}
