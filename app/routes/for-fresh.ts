import { freshnessSeconds } from "../open-auth.ts";
import { type Answer, forSignedIn, type Route, type SignedInVisit } from "../web/visit.ts";

/** A route for people who proved lately who they are; the others give their password first, and come back to `page`. */
export function forFresh(page: string, route: (visit: SignedInVisit) => Answer | Promise<Answer>): Route {
  return forSignedIn((visit) => {
    const age = Date.now() - visit.current.session.authenticatedAt.getTime();
    return age < freshnessSeconds * 1000 ? route(visit) : { location: confirmFirst(page) };
  });
}

/** Where the password is asked for, and then the page that is come back to. */
export function confirmFirst(page: string): string {
  return `/confirm-password?${new URLSearchParams({ next: page }).toString()}`;
}
