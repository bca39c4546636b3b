import type { Clock } from "../clock.ts";
import type {
  Attempt,
  NewAccount,
  OpenedSession,
  ProvenUser,
  SignUpChain,
  SignUpDraft,
  UserChange,
} from "../core/hooks.ts";
import type { PendingOperation, PendingSignIn, StepRequest } from "../core/pending.ts";
import type { CurrentSession, NewSession } from "../core/session.ts";
import type { UserDirectory } from "../core/users/user-directory.ts";
import type { Signer } from "../crypto/keyring.ts";
import type { Sealer } from "../crypto/sealer.ts";
import type { Database } from "../database/database.ts";
import type { TransactionScript } from "../database/script.ts";
import type { AnyStatement } from "../database/statements/compile.ts";
import type { HeadValue } from "../database/statements/head-value.ts";
import type { Call } from "../database/statements/statement.ts";
import type { TableInfo } from "../database/statements/table.ts";
import type { JsonValue } from "../database/statements/value-type.ts";
import type { ClientDetails } from "../core/input/client-details.ts";
import type { IdSource, RandomSource } from "../ids.ts";
import type { Migration } from "../schema/migration.ts";
import type { ModuleAccounts } from "./accounts.ts";
import type { RowAdoption } from "./adoption.ts";
import type { Known, TypesOf } from "./module-types.ts";
import type { ModuleCookie, Route, RouteAnswer, RouteCall } from "./route.ts";
import type { Schema } from "./schema.ts";

/** The one handle, as a module sees it: typed statements and scripts. It has no way to a connection of its own. */
export type ModuleDatabase = Pick<Database, "dialect" | "one" | "maybeOne" | "many" | "run" | "transaction">;

/** An entry for the event log, to be written in the transaction of the change it tells of. */
export interface ModuleEvent {
  /** One of the module's `eventTypes`. */
  readonly type: string;
  readonly userId: string | null;
  readonly occurredAt: Date;
  readonly client?: ClientDetails;
  readonly sessionId?: string | null;
  /** No secret, no token, no e-mail address. In a chain, what its head made of it. */
  readonly data?: Readonly<Record<string, JsonValue>> | HeadValue<JsonValue>;
}

/** What a module works with. */
export interface ModuleContext {
  readonly database: ModuleDatabase;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** UUIDv7: ids grow with time. */
  readonly newId: IdSource;
  /** Signs what leaves the house and comes back. @throws AuthError `configuration_invalid` without the option `secret` */
  signer(purpose: string): Signer;
  /** Keeps secret what a table of the module's holds. @throws AuthError `configuration_invalid` without the option `secret` */
  sealer(purpose: string): Sealer;
  /** The `Set-Cookie` value of the module's own cookie, for pages that the application serves itself. */
  setCookie(cookie: ModuleCookie | "clear"): string;
  readonly users: Pick<UserDirectory<"async">, "get" | "getByEmail">;
  /** Ways in, and changes of accounts. */
  readonly accounts: ModuleAccounts;
  /**
   * Announces something worth limiting, before anything of it is done and with no connection held.
   * @throws AuthError what a module that limits attempts refuses, `too_many_requests` as a rule
   */
  attempt(attempt: Attempt): Promise<void>;
  /** @throws AuthError `session_not_fresh` if the user proved who they are too long ago for something that matters */
  requireFresh(current: CurrentSession): void;
  /** What a route answers that signed somebody in: the body, and the cookies where the caller takes cookies. */
  answerSignIn(call: SignInCall, result: NewSession | PendingSignIn): Promise<RouteAnswer>;
  /** What another module provides to those that name it in `dependsOn`. @throws AuthError `configuration_invalid` */
  use<Service extends object>(module: string): Service;
  /** The application's origin as `createAuth({ baseUrl })` has it, the only one that links are made from; and where the routes are. */
  readonly baseUrl: string | null;
  readonly basePath: string;
  /** Tells the operator of something that failed no call. No secret and no e-mail address. */
  log(incident: string, cause?: unknown): void;
  /** @throws AuthError `configuration_invalid` for a type that the module did not declare */
  recordEvent(event: ModuleEvent): Call<unknown>;
}

/** Where a module takes part in what the core does. Hooks of one kind run in the order in which modules depend on each other. */
export interface ModuleHooks<Fields extends object, Answer> {
  /**
   * Before a sign-up, no connection held: looks at the fields and returns what to do in its transaction, or
   * `null` to stay out of it, which then costs nothing. What the script throws undoes the whole sign-up; what it
   * returns is in the sign-up's result under the module's name.
   */
  signUp?(
    draft: ModuleSignUpDraft<Fields>,
  ): SignUpScript<Answer> | null | Promise<SignUpScript<Answer> | null>;
  /** Before something that is worth limiting, no connection held. What it throws refuses the attempt. */
  attempted?(attempt: Attempt): void | Promise<void>;
  /** On every way to an account, in its transaction. What it throws undoes the account. */
  userCreated?(account: NewAccount): TransactionScript<void>;
  /**
   * In the transaction of a sign-up whose address has an account already: what to answer instead of `user_exists`,
   * so that the answer is that of a free address. Needs `holdsUp` with `signUp`.
   */
  addressTaken?(draft: SignUpDraft): TransactionScript<StepRequest | null>;
  /**
   * In the transaction of every way in, whatever module it belongs to, once it is proved who the user is and before
   * there is a session. `null` lets the sign-in go on; a request for a step ends it without a session, and what was
   * written stays; what is thrown refuses it and undoes the transaction. Needs `holdsUp`.
   */
  signIn?(proven: ProvenUser): TransactionScript<StepRequest | null>;
  /** In the transaction of every way in, after the session's row is written. What it throws undoes the session. */
  sessionOpened?(opened: OpenedSession): TransactionScript<void>;
  /** In the transaction of the change, the user held. What it throws undoes the change. */
  userChanged?(change: UserChange): TransactionScript<void>;
  /** In the transaction that removes a user, before the user's rows go. */
  userDeleted?(user: { readonly id: string }): TransactionScript<void>;
}

/** A sign-up as a module sees it. */
export interface ModuleSignUpDraft<Fields> extends Omit<SignUpDraft, "cookies"> {
  readonly fields: Fields;
  /** The value of the module's own cookie, if the browser sent it. */
  readonly cookie: string | null;
}

/** As much of a route's call as decides how a session is handed over. */
export type SignInCall = Pick<RouteCall, "token" | "carrier" | "context"> & {
  readonly input?: unknown;
};

/** What a module does in the transaction of a sign-up: a script, or statements alone, which cost no transaction. */
export type SignUpScript<Answer> = (account: NewAccount) => TransactionScript<Answer> | SignUpChain<Answer>;

/** A module at work. */
export interface StartedModule<Fields extends object, Answer, Api extends object> {
  /** What the application calls: `auth.<name>`. */
  readonly api: Api;
  readonly hooks?: ModuleHooks<Fields, Answer>;
  /** What modules that depend on this one get by `use`. */
  readonly provides?: object;
  /** Loaded with the first request. Ids begin with `<name>.`, paths with `/<name>` in kebab-case: `/password-reset`. */
  readonly routes?: () => readonly Route[] | Promise<readonly Route[]>;
  /** Each removes up to `limit` rows that are of no use any more, and returns how many there were. */
  readonly cleanUp?: Readonly<Record<string, (limit: number) => Promise<number>>>;
  /**
   * Begins what runs in the background, once every module was started and the tables were looked after. What it throws
   * fails `createAuth`.
   */
  opened?(): void;
  /**
   * Ends what runs in the background and gives back what `start` took; the handle is given back after it. Called once, and
   * without `opened` where `createAuth` fails before that.
   */
  close?(): Promise<void>;
}

/** What a module is, before it has a database. */
export interface ModuleDefinition<
  Name extends string,
  Fields extends object,
  Answer,
  Api extends object,
  Holds extends PendingOperation = never,
> {
  /** In lower case: `auth.<name>`, the owner of its migrations, and the beginning of its ids, codes and paths. */
  readonly name: Name;
  /** Modules whose tables must be there first. The core's always are. */
  readonly dependsOn?: readonly string[];
  readonly migrations?: readonly Migration[];
  /** The tables as the last migration leaves them, for the drift check. */
  readonly tables?: readonly TableInfo[];
  /** Checked at the start: ids begin with `<name>.`, and no id stands for two texts. */
  readonly statements?: readonly AnyStatement[];
  /** The codes of its failures, `<name>.<reason>`, and how HTTP tells them. The `data` of such an error is shown to the client. */
  readonly errors?: Readonly<
    Record<`${Name}.${string}`, { readonly status: number; readonly title: string }>
  >;
  readonly eventTypes?: readonly `${Name}.${string}`[];
  /** Tables of the Go library that `wispy-auth adopt` takes over for it, in this order. */
  readonly adoption?: readonly RowAdoption[];
  /** What its sign-up hook reads, besides the core's fields. Any Standard Schema that answers at once. */
  readonly signUpFields?: { readonly [K in keyof Fields]-?: Schema<Fields[K]> };
  /** Which operations may end without a session because of its hooks `signIn` and `addressTaken`; the types of their results say so. */
  readonly holdsUp?: readonly Holds[];
  start(context: ModuleContext): StartedModule<Fields, Answer, Api>;
}

/** A module as `createAuth({ modules })` takes it. */
export interface Module<
  Name extends string = string,
  Fields extends object = object,
  Answer = unknown,
  Api extends object = object,
  Holds extends PendingOperation = PendingOperation,
> extends ModuleDefinition<Name, Fields, Answer, Api, Holds> {
  /** Never set: carries the types, so that reading them costs the compiler next to nothing. */
  readonly types_?: {
    readonly fields: Fields;
    readonly answer: Answer;
    readonly api: Api;
    readonly holds: Holds;
  };
}

/**
 * Declares a module. The types of its sign-up fields, of its answer to a sign-up and of its API come from what is
 * written here.
 *
 * @example
 * export const notes = () =>
 *   defineModule({
 *     name: "notes",
 *     migrations: [createNotes],
 *     tables: [notesTable.info],
 *     start: ({ database }) => ({
 *       api: { count: (userId: string) => database.one(countNotes, { userId }) },
 *     }),
 *   });
 */
export function defineModule<
  const Name extends string,
  Fields extends object = Record<never, never>,
  Answer = null,
  Api extends object = object,
  const Holds extends PendingOperation = never,
>(definition: ModuleDefinition<Name, Fields, Answer, Api, Holds>): Module<Name, Fields, Answer, Api, Holds> {
  return definition;
}

/** What an operation may give instead of a session; `never` where no module that is known holds it up. */
export type PendingOf<Modules extends readonly Module[], Operation extends PendingOperation> =
  Known<Modules> extends true
    ? Operation extends TypesOf<Modules[number]>["holds"]
      ? PendingSignIn
      : never
    : never;
