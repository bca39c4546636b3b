// The types of the Node.js that the project runs on know nothing of node:sqlite; an ambient file cannot be imported.
// oxlint-disable-next-line typescript/triple-slash-reference
/// <reference path="../../node_modules/@types/node-24/sqlite.d.ts" />
import type { Client, Transaction } from "@libsql/client";
import type Libsql from "libsql";
import type LibsqlPromise from "libsql/promise";
import type { DatabaseSync } from "node:sqlite";
import { createAuth, type Auth, type NewSession, type PreparedSignUp, type User } from "wispy-auth";
import type { Equal, Expect } from "./expect-type.ts";

declare const nodeSqlite: DatabaseSync;
declare const libsql: Libsql.Database;
declare const libsqlPromise: LibsqlPromise;
declare const client: Client;
declare const transaction: Transaction;
declare const auth: Auth;
declare const prepared: PreparedSignUp;

const onNodeSqlite = await createAuth({ database: nodeSqlite });
const onLibsql = await createAuth({ database: libsql });
const onClient = await createAuth({ database: client });
export type NativeOfNodeSqlite = Expect<Equal<typeof onNodeSqlite.database.native, DatabaseSync>>;
export type NativeOfLibsql = Expect<Equal<typeof onLibsql.database.native, Libsql.Database>>;
export type NativeOfAClient = Expect<Equal<typeof onClient.database.native, Client>>;

// Values where the handle's own statements run at once, promises where they do not.
const byNodeSqlite = auth.within(nodeSqlite).signUp(prepared);
const byLibsql = auth.within(libsql).signUp(prepared);
const userByLibsql = auth.within(libsql).users.get("");
const byTransaction = auth.within(transaction).signUp(prepared);
const byLibsqlPromise = auth.within(libsqlPromise).signUp(prepared);
export type JoinedOnNodeSqlite = Expect<Equal<typeof byNodeSqlite, NewSession>>;
export type JoinedOnLibsql = Expect<Equal<typeof byLibsql, NewSession>>;
export type JoinedUserOnLibsql = Expect<Equal<typeof userByLibsql, User | null>>;
export type JoinedOnATransaction = Expect<Equal<typeof byTransaction, Promise<NewSession>>>;
export type JoinedOnLibsqlPromise = Expect<Equal<typeof byLibsqlPromise, Promise<NewSession>>>;
