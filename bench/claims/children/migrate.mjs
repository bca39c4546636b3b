// A process that brings databases up to date with one library, told so over its IPC channel: `{ connect: url }`
// opens a connection, `"migrate"` uses it. Every message is answered when it is done.
import pg from "pg";

const starts = {
  async "wispy-auth"() {
    const { createAuth, wispyAuthOptions } = await import("../../subjects/wispy-auth.mjs");
    return (pool) => createAuth(wispyAuthOptions(pool));
  },
  async "better-auth"() {
    const { betterAuthOptions, migrateBetterAuth } = await import("../../subjects/better-auth.mjs");
    return (pool) => migrateBetterAuth(betterAuthOptions(pool));
  },
};
const start = await starts[process.argv[2]]();

let pool;
process.on("message", async (message) => {
  if (message === "migrate") return process.send(await migrate());
  pool = new pg.Pool({ connectionString: message.connect, max: 2 });
  pool.on("error", () => {});
  await pool.query("select 1");
  process.send("connected");
});
process.send("imported");

async function migrate() {
  try {
    await start(pool);
    return { ok: true };
  } catch (error) {
    return { ok: false, message: String(error.message).split("\n")[0] };
  } finally {
    await pool.end();
  }
}
