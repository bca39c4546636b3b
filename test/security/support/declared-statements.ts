import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { postgresDialect } from "../../../src/database/dialects/postgres.ts";
import { sqliteDialect } from "../../../src/database/dialects/sqlite.ts";
import { compileOne, type AnyStatement } from "../../../src/database/statements/compile.ts";

const source = fileURLToPath(new URL("../../../src/", import.meta.url));
const namespace = { schema: "wispy", prefix: "" };

async function readStatements(name: string): Promise<AnyStatement[]> {
  const exported = Object.values((await import(source + name)) as Record<string, unknown>);
  return exported.filter(
    (value): value is AnyStatement =>
      typeof value === "object" && value !== null && "body" in value && "hot" in value,
  );
}

const files = (await readdir(source, { recursive: true })).filter((name) => name.endsWith("-statements.ts"));
const declared = (await Promise.all(files.map(readStatements))).flat();

/** Every statement that the sources declare, in the text of each dialect. */
export const statements: readonly { readonly id: string; readonly text: string }[] = declared.flatMap(
  (statement) =>
    [postgresDialect, sqliteDialect].map((dialect) => ({
      id: `${statement.id} (${dialect.name})`,
      text: compileOne(statement, { dialect, namespace }).text,
    })),
);
