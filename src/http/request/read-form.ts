import { AuthError } from "../../errors.ts";
import { type BodyLimits, readBody } from "./read-body.ts";

/** The parameters of an address or a form, the first of each name. */
export function readQuery(params: URLSearchParams): Readonly<Record<string, string>> {
  const query: Record<string, string> = {};
  for (const [name, value] of params) {
    if (!Object.hasOwn(query, name)) Object.defineProperty(query, name, { value, enumerable: true });
  }
  return query;
}

/**
 * The fields of a form as a page sends it.
 *
 * Throws `unsupported_media_type`, `payload_too_large`, `request_timeout`, `invalid_input`.
 */
export async function readForm(
  request: Request,
  limits: BodyLimits,
): Promise<Readonly<Record<string, string>>> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/x-www-form-urlencoded *(?:;|$)/i.test(type.trim())) {
    throw new AuthError("unsupported_media_type", {
      message: "Send the form as application/x-www-form-urlencoded.",
    });
  }
  const bytes = await readBody(request, limits);
  return readQuery(new URLSearchParams(Buffer.from(bytes).toString("utf8")));
}
