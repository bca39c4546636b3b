/** What came back. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** Where a redirect leads; null for a page. */
  readonly location: string | null;
}

/** A browser without a window: keeps cookies, sends forms with an Origin, and does not follow redirects. */
export interface PageClient {
  get(path: string): Promise<PageAnswer>;
  /** A header given as "" is left out. */
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Record<string, string>,
  ): Promise<PageAnswer>;
  readonly cookies: Map<string, string>;
}

export function createPageClient(url: string, { userAgent = "Test/1" } = {}): PageClient {
  const cookies = new Map<string, string>();

  async function send(path: string, init: RequestInit & { headers: Headers }): Promise<PageAnswer> {
    if (cookies.size > 0) init.headers.set("cookie", [...cookies].map((pair) => pair.join("=")).join("; "));
    init.headers.set("user-agent", userAgent);
    const response = await fetch(url + path, { ...init, redirect: "manual" });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/; Max-Age=0\b/.test(cookie)) cookies.delete(name);
      else cookies.set(name, value);
    }
    const { status, headers } = response;
    return { status, headers, html: await response.text(), location: headers.get("location") };
  }

  return {
    cookies,
    get: (path) => send(path, { headers: new Headers() }),
    post(path, fields, given = {}) {
      const headers = new Headers();
      for (const [name, value] of Object.entries({ origin: url, ...given })) {
        if (value !== "") headers.set(name, value);
      }
      return send(path, { method: "POST", headers, body: new URLSearchParams(fields) });
    },
  };
}
