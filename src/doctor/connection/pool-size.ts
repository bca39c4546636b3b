import { ok, unchecked, type Check, type Found } from "../check.ts";
import { plural } from "../plural.ts";

/** Whether the pool fits the load, and all pools together fit the server. */
export const poolSize: Check = {
  id: "pool-size",
  title: "Whether the pool's size fits the load and the server",
  dialects: ["postgres"],
  async run({ database, settings, begun, server }) {
    const { handle, processes } = settings;
    const now = database.stats();
    const max = handle.kind === "own" ? handle.poolMax : now.connections.max;
    if (max === 0) return unchecked("the driver does not tell the size of its pool");
    const waiting = Math.max(begun.connections.waiting, now.connections.waiting);
    if (max === 0) return unchecked("the handle does not tell how many connections its pool has");
    const found: Found[] = [];
    if (handle.kind === "application" && waiting > 0) {
      found.push({
        severity: "warning",
        message: `${plural(waiting, "caller waits", "callers wait")} for a connection: all ${String(max)} of the pool are taken`,
        fix: "Raise the pool's `max`, or hold connections for less time (no network calls inside a transaction)",
        data: { waiting, max },
      });
    }
    if (now.pooler !== "present") {
      const { limit, role } = await server();
      if (max * processes > limit) {
        const share = Math.floor(limit / processes);
        found.push({
          severity: "warning",
          message: `${plural(processes, "process", "processes")} with up to ${String(max)} connections each need ${String(max * processes)}; the server has ${String(limit)} for role ${role}`,
          fix: `Set the pool's \`max\` to ${String(Math.max(share, 1))} or less, or put a pooler in between`,
          data: { max, processes, limit },
        });
      }
    }
    if (max <= 2 && found.length === 0) {
      found.push({
        severity: "info",
        message: `The pool has at most ${plural(max, "connection")}: requests take turns`,
        fix: "Right for a serverless function; for a server, set the pool's `max` to 10 or more",
        data: { max },
      });
    }
    return found.length > 0
      ? found
      : ok(`The pool has at most ${String(max)} connections, nobody waits, and the server can bear it`);
  },
};
