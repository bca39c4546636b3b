import { AuthError, type InputIssue } from "../../errors.ts";
import type { Schema, SchemaIssue } from "../../contract/schema.ts";
import { parseJson } from "./parse-json.ts";
import { type BodyLimits, readBody } from "./read-body.ts";

/**
 * The validated input of a request: its JSON body, checked against the route's schema. A route without a schema
 * takes no body, or an empty object.
 *
 * Only `application/json` counts as JSON. The types a page can send across sites without asking first
 * (`text/plain`, forms; Fetch standard, CORS-safelisted) are refused, which a body parsed leniently would let in.
 *
 * Throws `unsupported_media_type`, `payload_too_large`, `request_timeout`, `invalid_input`.
 */
export async function readInput(
  request: Request,
  schema: Schema | null,
  limits: BodyLimits,
): Promise<unknown> {
  const isJson = isPlainJson(request.headers);
  if (schema !== null && !isJson) throw notJson();
  const bytes = await readBody(request, limits);
  if (schema !== null) return validate(schema, parseJson(bytes));
  if (bytes.length === 0) return undefined;
  if (!isJson) throw notJson();
  const value = parseJson(bytes);
  const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  if (!isEmpty || Array.isArray(value)) throw invalid([{ path: "", message: "this route takes no input" }]);
  return undefined;
}

function isPlainJson(headers: Headers): boolean {
  const encoding = headers.get("content-encoding") ?? "identity";
  const type = headers.get("content-type") ?? "";
  return encoding === "identity" && /^application\/json *(?:; *charset="?utf-8"? *)?$/i.test(type.trim());
}

async function validate(schema: Schema, value: unknown): Promise<unknown> {
  const result = await schema["~standard"].validate(value);
  if (result.issues === undefined) return result.value;
  throw invalid(result.issues.map(toInputIssue));
}

function toInputIssue(issue: SchemaIssue): InputIssue {
  const path = (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join(".");
  return { path, message: issue.message };
}

function invalid(issues: readonly InputIssue[]): AuthError {
  return new AuthError("invalid_input", { message: "The input is not valid.", data: { issues } });
}

function notJson(): AuthError {
  return new AuthError("unsupported_media_type", { message: "Send the body as application/json in UTF-8." });
}
