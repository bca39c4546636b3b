import { migrationLabel } from "../../schema/migration.ts";
import { findEdited } from "../../schema/plan.ts";
import { ok, type Check, type Found } from "../check.ts";
import type { SchemaFacts } from "./schema-facts.ts";

const dialects = ["postgres", "sqlite"] as const;

export const migrationsNewer: Check = {
  id: "migrations-newer",
  title: "Whether a newer version has migrated the database",
  dialects,
  async run({ schema, settings: { allowNewerSchema } }) {
    const { plan, probe, entries } = await schema();
    if (plan.newer.length === 0) return ok("No newer version has migrated the database");
    return plan.newer.map(({ module, known, found }): Found => {
      const compatible =
        entries === null
          ? (probe.heads[module]?.breaking ?? 0) <= known
          : entries.every((entry) => entry.module !== module || entry.number <= known || entry.compatible);
      const message = `Module ${module} is at version ${String(found)}, this version knows ${String(known)}`;
      const data = { module, known, found, compatible };
      if (compatible) return { severity: "info", message: `${message}; it can work with that`, data };
      return {
        severity: allowNewerSchema ? "warning" : "error",
        message: `${message} and cannot work with that`,
        fix: "Update wispy-auth to the version that migrated the database",
        data,
      };
    });
  },
};

export const migrationsEdited: Check = {
  id: "migrations-edited",
  title: "Whether applied migrations are those of this version",
  dialects,
  async run({ schema }) {
    const { plan, entries, modules } = await schema();
    const fine = ok("The applied migrations are, to the letter, those of this version");
    if (plan.edited.length === 0) return fine;
    const edited = entries === null ? null : findEdited(entries, modules);
    const what =
      edited === null
        ? `A migration of module ${plan.edited.join(", ")}`
        : `Migration ${migrationLabel(edited)}`;
    return [
      {
        severity: "error",
        message: `${what} was changed after it had been applied here`,
        fix: "Install the version of wispy-auth (or of the module) that applied it; a released migration never changes, a new one is added",
        data: { modules: plan.edited, migration: edited === null ? null : migrationLabel(edited) },
      },
    ];
  },
};

export const migrationsPending: Check = {
  id: "migrations-pending",
  title: "Whether every migration is applied",
  dialects,
  async run({ schema }) {
    const facts = await schema();
    const migrations = facts.plan.pending.map(migrationLabel);
    if (migrations.length === 0) return ok("Every migration is applied");
    return [
      {
        severity: "error",
        message: `The database lacks ${migrations.join(", ")}`,
        fix: applyWith(facts),
        data: { migrations, mayCreate: facts.probe.mayCreate },
      },
    ];
  },
};

function applyWith({ probe }: SchemaFacts): string {
  return probe.mayCreate
    ? "npx wispy-auth migrate"
    : "This role may not create tables: run npx wispy-auth migrate as one that may, or what npx wispy-auth sql --pending prints";
}

export const ledgerSummary: Check = {
  id: "ledger-summary",
  title: "Whether the ledger's summary agrees with its rows",
  dialects: ["postgres"],
  async run({ schema }) {
    const { plan, planOfSummary, entries } = await schema();
    const missed = planOfSummary.pending.length > plan.pending.length;
    const differs = missed || planOfSummary.edited.length > plan.edited.length;
    if (entries === null || !differs) return ok("The ledger's summary agrees with its rows");
    return [
      {
        severity: "warning",
        message: missed
          ? "The comment of the table migrations, which sums it up, is gone or too old: each start takes the migration lock"
          : "The comment of the table migrations, which sums it up, disagrees with its rows: each start reads them all",
        fix: "npx wispy-auth migrate, as a role that may create tables, writes it anew; keep comments in dumps (no --no-comments)",
      },
    ];
  },
};
