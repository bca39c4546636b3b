import type { DatabaseFailure } from "./failure.ts";

const unavailableCodes = new Set(["53300", "57P03", "ECONNREFUSED", "ENOENT", "08001", "08004", "25006"]);
const lostCodes = new Set(["57P01", "57P02", "ECONNRESET", "EPIPE", "ETIMEDOUT", "08000", "08003", "08006"]);

/** Tells failures apart by SQLSTATE and routine; the two exceptions carry no code of their own. */
export function classifyPostgresError(error: unknown): DatabaseFailure {
  const { code, routine, message } = fieldsOf(error);
  if (code === "0A000" && routine === "RevalidateCachedQuery") {
    return { kind: "refused", refusal: "plan", known: true, fatal: false };
  }
  if (code === "26000") return { kind: "refused", refusal: "name", known: false, fatal: false };
  if (code === "42P05") return { kind: "refused", refusal: "name", known: true, fatal: false };
  // PgBouncer gives every fault of its own this one code.
  if (code === "08P01") {
    return /prepared statement/i.test(message)
      ? { kind: "refused", refusal: "pooler", known: true, fatal: true }
      : { kind: "lost" };
  }
  if (code === "40001" || code === "40P01") return { kind: "conflict" };
  if (code !== undefined) {
    if (unavailableCodes.has(code)) return { kind: "unavailable" };
    return { kind: lostCodes.has(code) ? "lost" : "other" };
  }
  // pg's own guard against one name with two texts on one client: nothing was sent.
  if (message.startsWith("Prepared statements must be unique")) {
    return { kind: "refused", refusal: "name", known: true, fatal: false };
  }
  // What pg raises without a code concerns the connection: ended, terminated, not queryable.
  return { kind: "lost" };
}

/** The SQLSTATE of an error or of its cause, if there is one. */
export function sqlState(error: unknown): string | undefined {
  const own = fieldsOf(error).code;
  if (own !== undefined && /^[0-9A-Z]{5}$/.test(own)) return own;
  return error instanceof Error && error.cause !== undefined ? sqlState(error.cause) : undefined;
}

function fieldsOf(error: unknown): {
  code: string | undefined;
  routine: string | undefined;
  message: string;
} {
  const { code, routine, message } = (error ?? {}) as {
    code?: unknown;
    routine?: unknown;
    message?: unknown;
  };
  return {
    code: typeof code === "string" ? code : undefined,
    routine: typeof routine === "string" ? routine : undefined,
    message: typeof message === "string" ? message : "",
  };
}
