import { AuthError } from "../../errors.ts";
import { coded } from "./uncoded-errors.ts";

/** What a driver adapter tells of an error, as Prisma hands it on in `meta.driverAdapterError.cause`. */
interface AdapterCause {
  readonly kind?: unknown;
  /** The database's own: an SQLSTATE, `SQLITE_...`. */
  readonly originalCode?: unknown;
}

/** Kinds that have no code of the database: it was not reached, or left. */
const adapterCodes: Readonly<Record<string, string>> = {
  DatabaseNotReachable: "ECONNREFUSED",
  ConnectionClosed: "ECONNRESET",
  SocketTimeout: "ETIMEDOUT",
  TlsConnectionError: "ECONNREFUSED",
};

/** Prisma's own codes: https://www.prisma.io/docs/orm/reference/error-reference */
const prismaCodes: Readonly<Record<string, string>> = {
  P1001: "ECONNREFUSED", // the server cannot be reached
  P1002: "ECONNREFUSED", // reached, but it did not answer in time
  P1017: "ECONNRESET", // the server closed the connection
  P2034: "40001", // write conflict or deadlock
  P2037: "53300", // too many connections
};

/** An error that carries the database's code, with Prisma's as its cause. */
export function codedPrismaError(error: unknown): unknown {
  const { code, errorCode, meta } = (error ?? {}) as {
    code?: unknown;
    /** Of an initialization error. */
    errorCode?: unknown;
    meta?: { readonly code?: unknown; readonly driverAdapterError?: { readonly cause?: AdapterCause } };
  };
  const own = typeof code === "string" ? code : errorCode;
  if (typeof own !== "string") return coded(error);
  if (own === "P2024") return noConnection(error);
  const cause = meta?.driverAdapterError?.cause;
  dropQuotedValues(cause);
  const found =
    named(cause?.originalCode) ??
    named(adapterCodes[String(cause?.kind)]) ??
    // Engines without adapters tell it here.
    named(meta?.code) ??
    prismaCodes[own] ??
    own;
  return Object.assign(new Error("Prisma reports a failed statement", { cause: error }), { code: found });
}

/** The same for what `$transaction` rejects with before it has called back: it found no connection in time. */
export function notStarted(error: unknown): unknown {
  return isTransactionError(error) ? noConnection(error) : codedPrismaError(error);
}

/** The same for a statement in a transaction of the application. */
export function notJoined(error: unknown): unknown {
  if (!isTransactionError(error)) return codedPrismaError(error);
  return new AuthError("transaction_required", {
    message:
      "The Prisma transaction is over: its callback has returned, or its `timeout` (5 s unless you set it) has passed",
    cause: error,
  });
}

/** Prisma's "Transaction API error", whatever has become of the transaction. */
function isTransactionError(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === "P2028";
}

function noConnection(cause: unknown): AuthError {
  return new AuthError("connection_timeout", {
    message: "No connection of Prisma's became free in time",
    cause,
  });
}

/** PostgreSQL quotes in DETAIL the row it refused: addresses and hashes. */
function dropQuotedValues(cause: AdapterCause | undefined): void {
  if (cause !== undefined) Reflect.deleteProperty(cause, "detail");
}

/** "N/A" stands for none. */
function named(code: unknown): string | undefined {
  return typeof code === "string" && code !== "N/A" ? code : undefined;
}
