import type { AuthOptions } from "./auth-options.ts";
import type { ModuleApis, SignUpAnswersOf, SignUpFieldsOf } from "./contract/module-types.ts";
import type { Module, PendingOf } from "./contract/module.ts";
import type { CleanUpOptions, CleanUpResult } from "./core/clean-up/clean-up.ts";
import type { Core, JoinedCore } from "./core/core.ts";
import type { RequestContext } from "./core/request-context.ts";
import type { ResultMode, ResultOf } from "./core/runner.ts";
import type { CurrentSession, NewSession } from "./core/session.ts";
import type { PendingSignIn } from "./core/pending.ts";
import type { SignInInput } from "./core/sign-in/sign-in.ts";
import type { SignUpInput } from "./core/sign-up/prepare-sign-up.ts";
import type { PreparedSignUp } from "./core/sign-up/prepared-sign-up.ts";
import type { Database } from "./database/database.ts";
import type { BrowserSessions } from "./http/browser-sessions.ts";
import type { HttpHandler } from "./http/create-handler.ts";
import type { OpenApiDocument, OpenApiOptions } from "./http/description/describe-api.ts";
import type { MigrationProgress, SchemaReport } from "./schema/schema-manager.ts";

/** Who is asking: a request, its headers, or the raw session token. */
export type SessionSource = Request | Headers | string;

/**
 * A handle whose statements run at once, so that joined operations return values, not promises: a better-sqlite3 or
 * libsql `Database`, or the `DatabaseSync` of node:sqlite.
 */
export type SynchronousHandle =
  | { readonly inTransaction: boolean; pragma(text: string): unknown }
  | { readonly isTransaction: boolean; readonly isOpen: boolean; prepare(text: string): unknown }
  | { all(query: string): readonly unknown[]; rollback(): never };

/** The shared handle. `native` is what was handed over, or what was opened for a URL. */
export type AuthDatabase<Native> = Pick<
  Database<Native>,
  "native" | "dialect" | "namespace" | "table" | "stats"
>;

/** An authentication system on one database, with the APIs of its modules under their names. */
export type Auth<Native = unknown, Modules extends readonly Module[] = readonly []> = AuthOperations<
  Native,
  SignUpFieldsOf<Modules>,
  SignUpAnswersOf<Modules>,
  { signUp: PendingOf<Modules, "signUp">; signIn: PendingOf<Modules, "signIn"> }
> &
  ModuleApis<Modules>;

type Redefined = "getSession" | "signOut" | "signUp" | "signIn" | "prepareSignUp" | "cleanUp" | "within";

/** What operations may give instead of a session: a {@link PendingSignIn} where a module can hold them up, or `never`. */
export interface PendingResults {
  readonly signUp: PendingSignIn;
  readonly signIn: PendingSignIn;
}

/** What every `Auth` has, whatever modules there are. */
export interface AuthOperations<
  Native,
  Fields,
  Answers,
  Pending extends PendingResults = { signUp: never; signIn: never },
>
  extends Omit<Core, Redefined>, BrowserSessions {
  readonly database: AuthDatabase<Native>;

  /**
   * Makes an account and signs in to it, in one transaction with all that the modules add to it. What they answer is
   * under their names.
   * @throws AuthError `invalid_input`, `password_rejected`, `user_exists`, `overloaded`, and what modules refuse
   */
  signUp(
    input: (SignUpInput & Fields) | PreparedSignUp<Answers>,
    context?: RequestContext,
  ): Promise<(NewSession & Answers) | Pending["signUp"]>;

  /**
   * Signs in with address and password. A module such as `twoFactor` can ask for a step before there is a session: then
   * the result is `{ pending }`, and the module takes the answer.
   * @throws AuthError `invalid_credentials` whatever was wrong; `invalid_input`, `overloaded`, and what modules refuse
   */
  signIn(input: SignInInput, context?: RequestContext): Promise<NewSession | Pending["signIn"]>;

  /**
   * Validates and hashes; holds no connection.
   * @throws AuthError `invalid_input`, `password_rejected`, `overloaded`, and what modules refuse
   */
  prepareSignUp(input: SignUpInput & Fields, context?: RequestContext): Promise<PreparedSignUp<Answers>>;

  /** Removes what is no longer of use, in bounded batches. Safe to run anywhere, any number of times, at once. */
  cleanUp(options?: CleanUpOptions): Promise<AuthCleanUpResult>;

  /** Answers the routes under `basePath`. Never rejects: failures are problem+json (RFC 9457). */
  readonly handler: HttpHandler;

  /**
   * Describes the routes that `handler` answers, the modules' included, as an OpenAPI 3.1 document: plain data, from the
   * schemas that check the input.
   */
  openApi(options?: OpenApiOptions): Promise<OpenApiDocument>;

  /** The session and its user, by one statement; `null` if there is none, whatever was sent. */
  getSession(source: SessionSource): Promise<CurrentSession | null>;

  /** Ends the session at once, everywhere. False if there was none. */
  signOut(source: SessionSource, context?: RequestContext): Promise<boolean>;

  /**
   * The operations that can run inside the application's own transaction: they commit with it or leave nothing.
   *
   * `handle` is what the transaction runs on: the `pg` client that sent BEGIN, the `trx` of a query builder, or the
   * better-sqlite3 `Database` inside `db.transaction(() => ...)`, where everything is synchronous.
   * @throws AuthError `unsupported_handle`; `transaction_required` when no transaction is open
   */
  within<H>(
    handle: H,
  ): JoinedOperations<H extends SynchronousHandle ? "sync" : "async", Answers, Pending["signUp"]>;

  /** Brings the tables up to date; one statement if they are. `createAuth` has done it unless `migrate` says otherwise. */
  migrate(onProgress?: (progress: MigrationProgress) => void): Promise<SchemaReport>;

  /** Waits for what is under way and gives the handle back; ends it if it was opened for a URL and nobody else uses it. */
  close(): Promise<void>;
}

/** What can run inside the application's own transaction. */
export interface JoinedOperations<M extends ResultMode, Answers, Pending = never> extends Omit<
  JoinedCore<M>,
  "signUp"
> {
  /** @throws AuthError `user_exists`, and what modules refuse; the transaction stays usable */
  signUp(prepared: PreparedSignUp<Answers>): ResultOf<M, (NewSession & Answers) | Pending>;
}

/** How many rows were removed: the core's, and the modules' by module and job. */
export interface AuthCleanUpResult extends CleanUpResult {
  readonly modules: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/**
 * Connects to the database, brings the tables up to date (unless `migrate` says otherwise) and returns the API.
 *
 * @throws AuthError `configuration_invalid`, `unsupported_handle`, `driver_missing`, `database_unavailable`, and
 *   what the schema manager finds: `schema_pending`, `schema_newer`, `schema_drift`, `schema_foreign_table`,
 *   `migration_edited`, `migration_failed`
 * @example
 * const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
 * const auth = await createAuth({ database: pool });
 */
export async function createAuth<Native = unknown, const Modules extends readonly Module[] = readonly []>(
  options: AuthOptions<Native, Modules>,
): Promise<Auth<Native, Modules>> {
  // Loaded by the first call: files that only name our types and errors import us too, and wait for none of it.
  const { composeAuth } = await import("./compose-auth.ts");
  return composeAuth(options);
}
