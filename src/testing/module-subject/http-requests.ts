import { baseUrl, type AnyAuth } from "./module-under-test.ts";

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  /** The content type; "" without one. */
  readonly type: string;
  /** Where the browser is sent on to. */
  readonly location: string | null;
  /** The parsed JSON; an empty object where there is no body. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface HttpRequest {
  readonly method: string;
  /** With the base path, and the parameters of the address. */
  readonly path: string;
  /** Opens a session, if there is one. */
  readonly token?: string;
  /** As it is sent. */
  readonly body?: string;
  readonly contentType?: string;
}

/** Sends a request from the application's own pages. */
export async function send(auth: AnyAuth, request: HttpRequest): Promise<Answer> {
  const { method, path, token, body, contentType = "application/json" } = request;
  const headers = new Headers({ origin: baseUrl });
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  if (body !== undefined) headers.set("content-type", contentType);
  const response = await auth.handler(
    new Request(baseUrl + path, { method, headers, ...(body !== undefined && { body }) }),
  );
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get("content-type") ?? "",
    location: response.headers.get("location"),
    body: text === "" ? {} : (JSON.parse(text) as Answer["body"]),
  };
}

export function postJson(auth: AnyAuth, path: string, input: object): Promise<Answer> {
  return send(auth, { method: "POST", path, body: JSON.stringify(input) });
}
