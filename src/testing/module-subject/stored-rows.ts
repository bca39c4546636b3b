import type { AuthDatabase } from "../../auth.ts";
import { quoteIdentifier } from "../../database/dialects/dialect.ts";
import type { TableInfo } from "../../database/statements/table.ts";
import type { HostDatabase } from "../host-database.ts";

/** A row as text, by columns. */
export type StoredRow = Readonly<Record<string, string | null>>;

/** All rows, by tables, in an order that depends on nothing but them. */
export type StoredRows = Readonly<Record<string, readonly StoredRow[]>>;

/** What is in tables of ours now, every value as text, so that rows can be compared and searched. */
export async function readStoredRows(
  { host, database }: { readonly host: HostDatabase; readonly database: AuthDatabase<unknown> },
  tables: readonly TableInfo[],
): Promise<StoredRows> {
  const stored: Record<string, readonly StoredRow[]> = {};
  for (const { name, columns } of tables) {
    const outputs = columns.map(({ name: column }, i) => `${asText(column, host)} as "c${String(i)}"`);
    const rows = await host.query(`select ${outputs.join(", ")} from ${database.table(name)}`);
    stored[name] = rows
      .map((row) =>
        Object.fromEntries(
          columns.map(({ name: column }, i) => [column, row[`c${String(i)}`] as string | null]),
        ),
      )
      .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  return stored;
}

function asText(column: string, { dialect }: HostDatabase): string {
  const name = quoteIdentifier(column);
  return dialect === "postgres" ? `${name}::text` : `quote(${name})`;
}

/** The columns, `table.column`, in which a text is found, in whatever letters, as it is or as bytes. */
export function findText(stored: StoredRows, text: string): readonly string[] {
  const wanted = [text, Buffer.from(text).toString("hex"), text.replaceAll("-", "")].map((form) =>
    form.toLowerCase(),
  );
  const found = new Set<string>();
  for (const [table, rows] of Object.entries(stored)) {
    for (const [column, value] of rows.flatMap(Object.entries<string | null>)) {
      if (wanted.some((form) => value?.toLowerCase().includes(form))) found.add(`${table}.${column}`);
    }
  }
  return [...found];
}
