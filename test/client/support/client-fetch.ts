import type { ClientFetch } from "wispy-auth/client";
import { testBaseUrl, type TestAuth } from "../../support/create-test-auth.ts";
import { keepCookie } from "../../support/http-client.ts";

type Handler = Pick<TestAuth, "handler">;

export interface BrowserSide {
  readonly fetch: ClientFetch;
  /** Name to value, as the browser would send them. */
  readonly cookies: Map<string, string>;
}

/** `fetch` as a page of the application has it: it keeps cookies, and says where it comes from. */
export function browserSide(
  { handler }: Handler,
  { origin = testBaseUrl, clientAddress }: { readonly origin?: string; readonly clientAddress?: string } = {},
): BrowserSide {
  const cookies = new Map<string, string>();
  return {
    cookies,
    async fetch(url, init) {
      const request = new Request(url, init);
      if (init.method !== "GET") request.headers.set("origin", origin);
      if (cookies.size > 0)
        request.headers.set("cookie", [...cookies].map((pair) => pair.join("=")).join("; "));
      const response = await handler(request, clientAddress === undefined ? {} : { clientAddress });
      for (const cookie of response.headers.getSetCookie()) keepCookie(cookies, cookie);
      return response;
    },
  };
}

/** `fetch` of a program that is no browser. */
export function programSide({ handler }: Handler): ClientFetch {
  return (url, init) => handler(new Request(url, init));
}

export const clientBaseUrl = `${testBaseUrl}/auth`;

/** What an awaited call is refused with. */
export async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => Promise.reject(new Error("it did not fail")),
    (error: unknown) => error,
  );
}
