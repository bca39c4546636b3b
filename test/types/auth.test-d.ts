import type BetterSqlite3 from "better-sqlite3";
import type pg from "pg";
import {
  createAuth,
  type Auth,
  type CurrentSession,
  type NewSession,
  type PreparedPassword,
  type PreparedSignUp,
  type User,
} from "wispy-auth";
import type { Equal, Expect } from "./expect-type.ts";

declare const pool: pg.Pool;
declare const client: pg.PoolClient;
declare const sqlite: BetterSqlite3.Database;
declare const auth: Auth<pg.Pool>;
declare const preparedSignUp: PreparedSignUp;
declare const preparedPassword: PreparedPassword;

const onPool = await createAuth({ database: pool });
const onSqlite = await createAuth({ database: sqlite, namespace: "auth", migrate: "verify" });
export type NativeOfAPool = Expect<Equal<typeof onPool.database.native, pg.Pool>>;
export type NativeOfSqlite = Expect<Equal<typeof onSqlite.database.native, BetterSqlite3.Database>>;
void createAuth({ database: "postgres://localhost/app" });

// @ts-expect-error the database is required
void createAuth({});
// @ts-expect-error not a way to migrate
void createAuth({ database: pool, migrate: "always" });

const current = auth.getSession(new Headers());
export type NobodyIsNull = Expect<Equal<typeof current, Promise<CurrentSession | null>>>;
const signedUp = auth.signUp({ email: "", password: "" });
export type SignUpGivesASession = Expect<Equal<typeof signedUp, Promise<NewSession>>>;
export type NameMayBeMissing = Expect<Equal<User["name"], string | null>>;

// In the application's transaction: promises on PostgreSQL, values on synchronous SQLite.
const joined = auth.within(client).signUp(preparedSignUp);
const joinedNow = auth.within(sqlite).signUp(preparedSignUp);
const userNow = auth.within(sqlite).users.get("");
export type JoinedOnPostgres = Expect<Equal<typeof joined, Promise<NewSession>>>;
export type JoinedOnSqlite = Expect<Equal<typeof joinedNow, NewSession>>;
export type JoinedUser = Expect<Equal<typeof userNow, User | null>>;

// It takes only what was prepared: nothing is hashed while a connection is held.
// @ts-expect-error a password is not prepared
void auth.within(client).signUp({ email: "", password: "" });
// @ts-expect-error a look-alike was not made by prepareSignUp
void auth.within(client).signUp({});
// @ts-expect-error a password is not prepared
void auth.within(client).users.create({ email: "", password: "" });
void auth.within(client).users.create({ email: "", password: preparedPassword });

const refused = (): never => auth.within(client).signIn();
void refused;
