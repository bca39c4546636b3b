import type { Clock } from "../clock.ts";
import type { RequestContext } from "../core/request-context.ts";
import { isPending, type PendingSignIn } from "../core/pending.ts";
import type { Session } from "../core/session.ts";
import { readCredentials } from "./cookies/credentials.ts";
import { toSetCookies } from "./cookies/set-cookie.ts";
import { requireAllowedOrigin } from "./guards/origin.ts";
import type { HttpSettings } from "./http-settings.ts";
import { type ConnectionInfo, readRequestContext } from "./request/request-context.ts";

/** What a request brought. */
export interface RequestDetails {
  /** The raw session token, for `changePassword` and `deleteUser`; null if there is none. Not looked up yet. */
  readonly token: string | null;
  /** Where the request comes from, the browser's device token included. */
  readonly context: RequestContext;
}

/** A session just opened, with what the browser is to keep of it. */
export interface OpenedSession {
  readonly session: Pick<Session, "absoluteExpiresAt">;
  readonly token: string;
  readonly deviceToken?: string;
}

/** What routes of the application's own need to treat browsers as the handler's routes do. */
export interface BrowserSessions {
  /** Never throws: what is missing or malformed is null. `info.clientAddress` is the socket's peer. */
  readRequest(source: Request | Headers, info?: ConnectionInfo): RequestDetails;

  /**
   * The `Set-Cookie` values, one cookie each, that hand a session to the browser: for what `signUp`, `signIn` and
   * `changePassword` return. With `null` the values that take it away again; the device's mark stays. For a sign-in that
   * waits for another step, the cookie that stands for it: `readRequest(...).context.cookies[pending.step]`.
   *
   * Check the request's origin before, as for every form: signing somebody in to a foreign account is an attack too.
   */
  sessionCookies(opened: OpenedSession | PendingSignIn | null): readonly string[];

  /**
   * Refuses a request that another site may have made the browser send: the check of the handler's own routes
   * (`baseUrl`, `trustedOrigins`), for forms of the application's own. Call it before anything that changes something.
   * @throws AuthError `origin_refused`
   */
  requireAllowedOrigin(request: Request | Headers): void;
}

export function createBrowserSessions(settings: HttpSettings, clock: Clock): BrowserSessions {
  const { cookies, clientAddress } = settings;
  return {
    readRequest(source, info = {}) {
      const headers = source instanceof Headers ? source : source.headers;
      const credentials = readCredentials(headers, cookies);
      const context = readRequestContext(headers, { info, credentials, clientAddress });
      return { token: credentials.token, context };
    },
    requireAllowedOrigin(source) {
      const request = source instanceof Headers ? { headers: source } : source;
      requireAllowedOrigin(request, settings.origins, readCredentials(request.headers, cookies));
    },
    sessionCookies(opened) {
      if (opened === null) return toSetCookies({ session: "clear" }, cookies, { now: clock.now() });
      if (isPending(opened)) return toSetCookies({ pending: opened.pending }, cookies, { now: clock.now() });
      const { token, session, deviceToken: device } = opened;
      const expiresAt = session.absoluteExpiresAt;
      return toSetCookies(
        { session: { token, expiresAt }, ...(device === undefined ? {} : { device }) },
        cookies,
        { now: clock.now() },
      );
    },
  };
}
