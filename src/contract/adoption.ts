import type { TransactionScript } from "../database/script.ts";
import type { Statement } from "../database/statements/statement.ts";
import type { JsonValue } from "../database/statements/value-type.ts";

/**
 * What a column of the former library is read as, whatever its driver wrote and ours makes of it. Counts that are
 * none are 0; a flag or a time that cannot be read is `null`.
 */
interface OldValues {
  readonly text: string | null;
  readonly count: number;
  readonly flag: boolean | null;
  readonly time: Date | null;
}

/** A column of an old table, or one that refers to a row that was taken over before. */
export type OldColumn =
  | { readonly column: string; readonly as: keyof OldValues }
  /** A user of ours; `null` once the user was deleted here. */
  | { readonly column: string; readonly as: "user" }
  /** A row of another table in the same adoption: the id that it has here. */
  | { readonly column: string; readonly as: "row"; readonly table: string };

export type OldColumns = Readonly<Record<string, OldColumn>>;

type OldValue<C extends OldColumn> = C["as"] extends keyof OldValues
  ? OldValues[C["as"]]
  : C["as"] extends "row"
    ? string
    : string | null;

export type OldRowOf<C extends OldColumns> = { readonly [K in keyof C]: OldValue<C[K]> };

/** An old row with the id that it gets: a UUIDv7 of its age, the same whenever and however often it is taken over. */
export interface AdoptedRow<C extends OldColumns = OldColumns> {
  readonly id: string;
  readonly row: OldRowOf<C>;
}

/** What is to be said of rows that do not come over. */
export interface AdoptionFindingText {
  /** The next run takes it over once the cause is gone; if false, it stays behind for good. */
  readonly heldBack: boolean;
  /** Names nobody: the row is told by its number. */
  readonly message: string;
  readonly whatToDo: string;
}

/** What becomes of an old row, by the row alone. */
export type RowJudgement<Kind extends string = string> =
  | { readonly finding: Kind }
  /** `identity`: what no two rows may share here; `null` for none. `madeAt`: what its id sorts by. */
  | { readonly identity: string | null; readonly madeAt: Date };

/**
 * How a module takes over a table of the library that was in the database before (`wispy-auth adopt`). Its rows are
 * read in pages and written in batches, each a transaction with the entries that say which row became which: broken
 * off at any moment, it goes on where it stopped. Rows whose user or row is not here yet wait for it.
 */
export interface RowAdoption<C extends OldColumns = OldColumns, Kind extends string = string> {
  /** The old table, with a whole-number key `id`. */
  readonly table: string;
  /** In reports: `referral codes`. */
  readonly what: string;
  /** A database whose table lacks one of them has nothing for this module. */
  readonly columns: C;
  /** By kind, `<module>.<reason>`. */
  readonly findings: Readonly<Record<Kind, AdoptionFindingText>>;
  judge(row: OldRowOf<C>): RowJudgement<Kind>;
  /** Two old rows have one identity: neither comes over. */
  readonly shared: Kind;
  /** A row here, not of this adoption, has the identity. */
  readonly taken: Kind;
  /** Which of these identities are taken. */
  readonly findTaken: Statement<{ readonly identities: JsonValue }, { readonly identity: string }>;
  /** Writes rows whose users are held until the transaction ends; returns the ids of those that were not taken. */
  write(rows: readonly AdoptedRow<C>[], now: Date): TransactionScript<readonly string[]>;
}

/** Declares what a module takes over, so that the types of its rows come from its columns. */
export function adoptRows<const C extends OldColumns, const Kind extends string>(
  adoption: RowAdoption<C, Kind>,
): RowAdoption {
  return adoption as unknown as RowAdoption;
}
