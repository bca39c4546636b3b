import type { CurrentSession, RequestContext } from "wispy-auth";

import type { Asset } from "./assets.ts";
import type { Html } from "./html.ts";

/** One request, as the routes see it. */
export interface Visit {
  /** What stood in the places of the route's `:names`. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Empty unless a form was sent. */
  readonly form: URLSearchParams;
  /** Who is signed in. */
  readonly current: CurrentSession | null;
  /** The session token as the browser sent it. */
  readonly token: string | null;
  readonly context: RequestContext;
  /** Where the application is, as people reach it: `"https://notes.example.com"`. */
  readonly origin: string;
}

export interface SignedInVisit extends Visit {
  readonly current: CurrentSession;
  readonly token: string;
}

/** What goes back: a page, or another address to go to. */
export type Answer = (PageAnswer | { readonly location: string }) & { readonly cookies?: readonly string[] };

export interface PageAnswer {
  readonly status: number;
  readonly page: Html;
  /** The one script that the page may run; without it, none. */
  readonly script?: Asset;
  /** True for a page with a mail in it, which brings styles of its own. */
  readonly showsMail?: boolean;
  /** True for a page whose address holds a secret, such as the token of a mailed link. */
  readonly hasSecretAddress?: boolean;
}

export type Route = (visit: Visit) => Answer | Promise<Answer>;

/** Routes by method and path: `"POST /sign-in"`, `"GET /invite/:code"`. */
export type Routes = Readonly<Record<string, Route>>;

/** A route for people who are signed in; the others are sent to sign in first. */
export function forSignedIn(route: (visit: SignedInVisit) => Answer | Promise<Answer>): Route {
  return (visit) => {
    const { current, token } = visit;
    if (current === null || token === null) return { location: "/sign-in" };
    return route({ ...visit, current, token });
  };
}

/** One field of a form; empty if it was not sent. */
export function field(form: URLSearchParams, name: string): string {
  return form.get(name) ?? "";
}
