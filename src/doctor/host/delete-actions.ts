import type { Database } from "../../database/database.ts";
import { quoteIdentifier } from "../../database/dialects/dialect.ts";
import { ok, type Check, type Found } from "../check.ts";
import { describeReference, type HostReference } from "./host-reference.ts";

/** Foreign keys of the application's that keep us from deleting our own rows. */
export const deleteActions: Check = {
  id: "delete-actions",
  title: "Whether the application's foreign keys let us delete",
  dialects: ["postgres", "sqlite"],
  async run({ database, references }) {
    const found = await references();
    const blocking = found.filter(({ onDelete, notNull }) => {
      return onDelete === "no action" || onDelete === "restrict" || (onDelete === "set null" && notNull);
    });
    if (blocking.length === 0) {
      return ok(
        found.length === 0
          ? "No foreign key of the application refers to our tables"
          : "The application's foreign keys follow when a row of ours is deleted",
      );
    }
    return blocking.map((reference) => describe(reference, database));
  },
};

function describe(reference: HostReference, database: Database): Found {
  const { target, onDelete, notNull } = reference;
  const why = onDelete === "set null" ? "on delete set null, but is NOT NULL" : `on delete ${onDelete}`;
  const row = target === `${database.namespace.prefix}users` ? "a user" : `a row of ${target}`;
  return {
    severity: "warning",
    message: `${describeReference(reference)} refers to ${target} ${why}: deleting ${row} fails while something refers to it`,
    fix: repair(reference, database),
    data: { ...reference, notNull },
  };
}

function repair(reference: HostReference, database: Database): string {
  const { dialect, namespace } = database;
  const { columns, target, targetColumns, quotedTable, name } = reference;
  const list = (names: readonly string[]): string => names.map(quoteIdentifier).join(", ");
  const key = `foreign key (${list(columns)}) references ${database.table(target.slice(namespace.prefix.length))} (${list(targetColumns)}) on delete cascade`;
  const otherwise = reference.notNull ? "" : " (or set null)";
  return dialect === "sqlite" || name === null
    ? `Make ${quotedTable} anew with ${key}${otherwise}`
    : `alter table ${quotedTable} drop constraint ${quoteIdentifier(name)}, add ${key}${otherwise}`;
}
