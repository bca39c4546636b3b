import type { RequestContext } from "../core/request-context.ts";
import type { CurrentSession } from "../core/session.ts";
import type { AnyErrorCode } from "../errors.ts";
import type { Schema } from "./schema.ts";

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * What a route asks of the caller before anything of its body is read:
 * - `none`: nothing, a token is not even looked at;
 * - `optional`: a token is passed on if there is one;
 * - `token`: a well-formed token, which the operation itself checks;
 * - `session`: a token that opens a session now, looked up before the route runs.
 */
export type Credential = "none" | "optional" | "token" | "session";

/**
 * A route as data: everything an API description, a typed client or a limiter needs to know, without its code.
 * Routes with a method other than GET must come from an allowed origin; GET routes change nothing.
 */
export interface RouteContract<
  C extends Credential = Credential,
  Input = unknown,
  Output = unknown,
  Id extends string = string,
  Query = unknown,
> {
  /** Stable and unique: the operation's name in descriptions and clients. */
  readonly id: Id;
  readonly method: HttpMethod;
  /** Below the base path. Segments are literal, or `:name` for one segment of letters, digits and dashes. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly credential: C;
  /** Of the JSON body; null for a route that takes none. */
  readonly input: Schema<Input> | null;
  /** Of the parameters of the address, for descriptions and clients: each is text, which the operation reads and checks. */
  readonly query?: Schema<Query>;
  /** 303 sends the browser on to the `location` of the answer. */
  readonly status: 200 | 201 | 202 | 204 | 303;
  /** Of the JSON answer; null for a route that answers with a status alone; `signedIn` for what `answerSignIn` gives. */
  readonly output: Schema<Output> | null | "signedIn";
  /**
   * True for a route of another method than GET that other sites may send forms to (`application/x-www-form-urlencoded`, given
   * as `query`): it changes nothing, and sends the browser on. Such a route takes no input and sees no credentials.
   */
  readonly crossSiteForm?: boolean;
  /** What its operation can answer, besides the failures every route of its kind has. */
  readonly errors: readonly AnyErrorCode[];
}

export interface RouteCall<C extends Credential = Credential, Input = unknown> {
  readonly input: Input;
  readonly params: Readonly<Record<string, string>>;
  /** The parameters of the address, the first of each name. */
  readonly query: Readonly<Record<string, string>>;
  readonly context: RequestContext;
  /** The raw session token; what it opens is up to the operation. */
  readonly token: C extends "token" | "session" ? string : string | null;
  readonly current: C extends "session" ? CurrentSession : CurrentSession | null;
  readonly carrier: "bearer" | "cookie" | "none";
}

/** The cookies an answer sets or removes; what is left out stays as it is in the browser. */
export interface CookieChanges {
  readonly session?: SessionCookie | "clear";
  readonly device?: string;
  /** The cookie of the module that the route belongs to. */
  readonly own?: ModuleCookie | "clear";
  /** The cookie of the module that holds a sign-in up: its token, for as long as it waits. */
  readonly pending?: PendingCookie;
}

export interface PendingCookie {
  readonly step: string;
  readonly token: string;
  readonly expiresAt: Date;
}

/** Of letters, digits, `-` and `_`. Readable by whoever holds it: sign what must not be made up. */
export interface ModuleCookie {
  readonly value: string;
  /** At most 400 days (RFC 6265bis section 5.5). */
  readonly maxAgeSeconds: number;
  /** Sent along when another site leads the browser here, whatever `createAuth({ cookie })` says of ours. */
  readonly sameSite?: "lax";
}

export interface SessionCookie {
  readonly token: string;
  /** When the session ends however busy it is; the cookie goes then. */
  readonly expiresAt: Date;
}

export interface RouteAnswer<Output = unknown> {
  readonly body: Output;
  /** Of a route with status 303: an absolute URL or a path of the application. */
  readonly location?: string;
  readonly cookies?: CookieChanges;
}

export interface Route extends RouteContract {
  // A method, so that a route of a narrower input fits the table (parameters of methods compare both ways).
  handle(call: RouteCall): Promise<RouteAnswer>;
}

/** Joins a contract with its code. */
export function implementRoute<C extends Credential, Input, Output>(
  contract: RouteContract<C, Input, Output>,
  handle: (call: RouteCall<C, Input>) => Promise<RouteAnswer<Output>>,
): Route {
  return { ...contract, handle: handle as Route["handle"] };
}

/** What a client has to know of a route as it was written; the compiler would widen it otherwise. */
export interface RouteLiterals<
  Method extends HttpMethod,
  Path extends `/${string}`,
  Status extends RouteContract["status"],
  Answer extends RouteContract["output"],
> {
  readonly method: Method;
  readonly path: Path;
  readonly status: Status;
  readonly output: Answer;
}

/** The kind of an answer without the types of whatever library wrote its schema. */
type AnswerSchema<Answer, Output> = Answer extends null | "signedIn" ? Answer : Schema<Output>;

/** A contract with its exact types kept, so that its code and a client can be typed from it. */
export function defineContract<
  C extends Credential,
  Input,
  Output,
  Id extends string,
  Method extends HttpMethod,
  Path extends `/${string}`,
  Status extends RouteContract["status"],
  Answer extends RouteContract["output"],
  Query = unknown,
>(
  contract: RouteContract<C, Input, Output, Id, Query> & RouteLiterals<Method, Path, Status, Answer>,
): RouteContract<C, Input, Output, Id, Query> &
  RouteLiterals<Method, Path, Status, AnswerSchema<Answer, Output>> {
  return contract as typeof contract & RouteLiterals<Method, Path, Status, AnswerSchema<Answer, Output>>;
}
