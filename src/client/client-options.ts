import type { ClientModule } from "./client-module.ts";

/** The global `fetch`, or what behaves as it does. */
export type ClientFetch = (url: string, init: RequestInit) => Promise<Response>;

/** Where the calls go, and what each of them carries. */
export interface ClientSettings {
  /** The base path of the routes: `/auth` on a page of the same origin, else `https://app.example.com/auth`. */
  readonly baseUrl: string;
  /** Default: the global `fetch`, looked up with each call. */
  readonly fetch?: ClientFetch | undefined;
  /** Asked with each call; what it gives is sent as `Authorization: Bearer`. Not for browsers, which have a cookie. */
  readonly token?: (() => string | null | Promise<string | null>) | undefined;
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether a browser sends and keeps cookies: `include` for a page of another origin. Default: `same-origin`. */
  readonly credentials?: "omit" | "same-origin" | "include" | undefined;
}

export interface AuthClientOptions<Modules extends readonly ClientModule[]> extends ClientSettings {
  /** The clients of the modules that `createAuth({ modules })` has. */
  readonly modules?: Modules | undefined;
}

/** The second argument of every call. */
export interface CallOptions {
  /** Ends the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}
