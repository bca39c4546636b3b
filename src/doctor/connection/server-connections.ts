import { ok, type Check } from "../check.ts";

/** From where on the next start of another process may find no connection. */
const nearlyFull = 0.8;

export const serverConnections: Check = {
  id: "server-connections",
  title: "Whether the server has connections left",
  dialects: ["postgres"],
  async run({ server }) {
    const { used, maxConnections } = await server();
    const message = `${String(used)} of the server's ${String(maxConnections)} connections are in use`;
    if (used < nearlyFull * maxConnections) return ok(message);
    return [
      {
        severity: "warning",
        message,
        fix: "Make pools smaller, put a pooler in between, or raise max_connections; select application_name, count(*) from pg_stat_activity group by 1 tells who has them",
        data: { used, max: maxConnections },
      },
    ];
  },
};
