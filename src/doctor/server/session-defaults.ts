import { ok, type Check } from "../check.ts";
import { resetSetting } from "./server-facts.ts";

export const readOnly: Check = {
  id: "read-only",
  title: "Whether transactions are read-only unless they say otherwise",
  dialects: ["postgres", "sqlite"],
  async run({ database, settings, server }) {
    if (database.dialect === "sqlite") {
      const [row] = settings.handle.kind === "own" ? [] : await database.query("pragma query_only");
      if (Number(row?.[0] ?? 0) === 0) return ok("Writes are not switched off");
      return [
        {
          severity: "error",
          message: "query_only is on for this handle: every write fails",
          fix: "pragma query_only = off",
        },
      ];
    }
    const facts = await server();
    if (facts.readOnly.value === "off") return ok("Transactions may write unless they say otherwise");
    return [
      {
        severity: "warning",
        message:
          "default_transaction_read_only is on: single writes are refused at first, at the cost of a connection each time",
        fix: resetSetting("default_transaction_read_only", facts.readOnly, facts),
        data: { ...facts.readOnly },
      },
    ];
  },
};

export const isolation: Check = {
  id: "isolation",
  title: "Which isolation transactions have unless they say otherwise",
  dialects: ["postgres"],
  async run({ server }) {
    const facts = await server();
    const { value } = facts.isolation;
    if (value === "read committed") return ok("Transactions are read committed unless they say otherwise");
    return [
      {
        severity: "info",
        message: `default_transaction_isolation is ${value}: single writes of ours may be refused (40001) and are then run again; our transactions name their own`,
        fix: resetSetting("default_transaction_isolation", facts.isolation, facts),
        data: { ...facts.isolation },
      },
    ];
  },
};
