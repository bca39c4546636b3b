import type { Pool, PoolClient } from "pg";

/** Runs `work` in a transaction on one client of the pool: committed when it returns, rolled back when it throws. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  // Without a listener, a connection that breaks between two statements would end the process.
  const keepRunning = (): void => undefined;
  client.on("error", keepRunning);
  let broken = false;
  try {
    await client.query("begin");
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch(() => (broken = true));
    throw error;
  } finally {
    if (!broken) client.off("error", keepRunning);
    client.release(broken);
  }
}
