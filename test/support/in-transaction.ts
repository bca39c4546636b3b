import type pg from "pg";
import type { TestHost } from "./test-host.ts";

/** A transaction of the application's own, undone by what `work` throws; on SQLite nobody else uses the handle meanwhile. */
export async function inTransaction(host: TestHost, work: (tx: pg.Client) => Promise<void>): Promise<void> {
  const client = host.dialect === "postgres" ? await host.pool.connect() : null;
  const tx = client ?? host.sqlite;
  const run = (text: string) => (client ? client.query(text) : host.sqlite.exec(text));
  try {
    await run("begin");
    try {
      await work(tx as pg.Client);
    } catch (error) {
      await run("rollback");
      throw error;
    }
    await run("commit");
  } finally {
    client?.release();
  }
}
