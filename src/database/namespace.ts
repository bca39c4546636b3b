import { AuthError } from "../errors.ts";
import type { DialectName, Namespace } from "./database.ts";

/** A name for both dialects (`"wispy"`: schema `wispy`, prefix `wispy_`), or the parts. */
export type NamespaceOption = string | { readonly schema?: string; readonly prefix?: string };

const maxIdentifierBytes = 63; // PostgreSQL cuts longer names without a word
const maxPrefixBytes = 32; // leaves room for the longest of our own names

/**
 * The namespace an option stands for.
 * @throws AuthError `configuration_invalid` for a name that the database would cut, refuse or reserve
 */
export function resolveNamespace(option: NamespaceOption | undefined, dialect: DialectName): Namespace {
  const parts = typeof option === "object" ? option : { schema: option ?? "wispy" };
  const named = typeof option === "string" || option === undefined;
  const schema = parts.schema ?? "wispy";
  const prefix = parts.prefix ?? (dialect === "sqlite" ? (named ? `${schema}_` : "wispy_") : "");
  checkIdentifier(schema, { option: "namespace.schema", maxBytes: maxIdentifierBytes, reserved: /^pg_/i });
  if (prefix !== "") {
    checkIdentifier(prefix, { option: "namespace.prefix", maxBytes: maxPrefixBytes, reserved: /^sqlite_/i });
  } else if (dialect === "sqlite") {
    throw new AuthError("configuration_invalid", { message: "namespace.prefix must not be empty on SQLite" });
  }
  return { schema, prefix };
}

function checkIdentifier(
  name: string,
  rule: { readonly option: string; readonly maxBytes: number; readonly reserved: RegExp },
): void {
  const wrong =
    name === ""
      ? "is empty"
      : name.includes("\0") || !name.isWellFormed()
        ? "holds a character no identifier can hold"
        : Buffer.byteLength(name) > rule.maxBytes
          ? `is longer than ${String(rule.maxBytes)} bytes`
          : rule.reserved.test(name)
            ? "begins with a prefix the database reserves"
            : null;
  if (wrong !== null) throw new AuthError("configuration_invalid", { message: `${rule.option} ${wrong}` });
}
