import type { Auth } from "../auth.ts";
import type { SignUpFieldsOf } from "../contract/module-types.ts";
import type { Module } from "../contract/module.ts";
import type { PendingSignIn } from "../core/pending.ts";
import type { NewSession } from "../core/session.ts";

/** An `Auth` with the module under test. */
export type AuthWith<M extends Module> = Auth<unknown, readonly [M]>;

/** A user of the suite's, signed up and in. */
export interface SampleCaller<M extends Module> {
  readonly auth: AuthWith<M>;
  readonly userId: string;
  readonly token: string;
}

/** Somebody whose sign-up or sign-in the module has held up. */
export interface HeldUpCaller<M extends Module> {
  readonly auth: AuthWith<M>;
  readonly pending: PendingSignIn["pending"];
  readonly email: string;
}

/** A request that one of the module's routes grants. */
export interface SampleRequest {
  /** The values of the path's `:name` segments. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** The fields of the JSON body. Each is also sent in many wrong ways. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** What the suite cannot guess of a module. All may be left out; what is there is tried. */
export interface ModuleSamples<M extends Module> {
  /** The module's own sign-up fields as they should be, made anew for each sign-up. */
  readonly signUp?: (
    auth: AuthWith<M>,
  ) => SignUpFieldsOf<readonly [M]> | Promise<SignUpFieldsOf<readonly [M]>>;
  /** Sign-up fields that must be refused, by what is wrong with them. */
  readonly refusedSignUps?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Does what a module asks for that holds sign-ups or sign-ins up, and gives the session. */
  readonly passStep?: (caller: HeldUpCaller<M>) => Promise<NewSession>;
  /** Calls of the module's API by their names, each for a user who has made none before. */
  readonly calls?: Readonly<Record<string, (caller: SampleCaller<M>) => Promise<unknown>>>;
  /** A request for each route, by its id; the caller is signed in where the route asks for it. */
  readonly requests?: Readonly<
    Record<string, (caller: SampleCaller<M>) => SampleRequest | Promise<SampleRequest>>
  >;
  /** The columns, `table.column`, that may go on naming a user who is gone. */
  readonly columnsThatKeepUsers?: readonly string[];
}
