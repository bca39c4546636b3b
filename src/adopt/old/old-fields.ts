import type { DialectName } from "../../database/database.ts";
import type { OldTables } from "./old-tables.ts";
import { readInstant } from "./read-instant.ts";

/**
 * A column and how it is read. Everything leaves the database as text: drivers differ in what they make of booleans,
 * numbers, addresses and times, and the Go library's SQLite columns hold what its driver put there.
 */
export interface OldField<T> {
  readonly column: string;
  readonly isTime: boolean;
  read(value: string | null, dialect: DialectName): T;
}

export type OldFields = Readonly<Record<string, OldField<unknown>>>;
export type OldRow<F extends OldFields> = {
  readonly [K in keyof F]: F[K] extends OldField<infer T> ? T : never;
};

export const textField = (column: string): OldField<string | null> => ({
  column,
  isTime: false,
  read: (value) => value,
});

export const idField = (column: string): OldField<number> => ({ column, isTime: false, read: Number });

/** Missing or nonsense is 0. */
export const countField = (column: string): OldField<number> => ({
  column,
  isTime: false,
  read: (value) => (/^\d{1,15}$/.test(value ?? "") ? Number(value) : 0),
});

const truths = new Map([
  ...["true", "t", "1"].map((text) => [text, true] as const),
  ...["false", "f", "0"].map((text) => [text, false] as const),
]);

/** `null`: the row does not say. */
export const flagField = (column: string): OldField<boolean | null> => ({
  column,
  isTime: false,
  read: (value) => truths.get((value ?? "").toLowerCase()) ?? null,
});

export const timeField = (column: string): OldField<Date | null> => ({
  column,
  isTime: true,
  read: readInstant,
});

/** A time of a table of ours. */
export const ownTimeField = (column: string): OldField<Date | null> => ({
  column,
  isTime: true,
  read: (value) => (value === null ? null : new Date(Number(value))),
});

/** The columns as they stand after `select`. Each has a name: some drivers make objects of rows first. */
export function selectList(fields: OldFields, { dialect }: OldTables): string {
  const isPostgres = dialect.name === "postgres";
  return Object.values(fields)
    .map(({ column, isTime }) => (isPostgres && isTime ? `(date_part('epoch', ${column}) * 1000)` : column))
    .map((value, i) => `cast(${value} as text) as "c${String(i)}"`)
    .join(", ");
}

/** Reads rows of {@link selectList}. */
export function readRow<F extends OldFields>(
  fields: F,
  { row, old }: { readonly row: readonly unknown[]; readonly old: OldTables },
): OldRow<F> {
  const entries = Object.entries(fields).map(([name, field], i) => {
    // Cast to text by `selectList`, so it is that or NULL.
    const value = (row[i] ?? null) as string | null;
    return [name, field.read(value, old.dialect.name)];
  });
  return Object.fromEntries(entries) as OldRow<F>;
}
