import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { findFreePort } from "./free-port.ts";
import { locatePostgresBinaries } from "./postgres-binaries.ts";
import { startServiceProcess, type ServiceCommand, type ServiceProcess } from "./service-process.ts";
import { findServiceUser, type ServiceUser } from "./service-user.ts";
import { createTemporaryFolder, type TemporaryFolder } from "./temporary-folder.ts";

/** How to reach a server; plain data, so that it can be handed to test workers and child processes. */
export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export interface PostgresServer extends PostgresAddress {
  /** `fast` ends sessions with 57P01, `immediate` is a crash: the next start recovers. */
  halt(mode: "fast" | "immediate"): Promise<void>;
  /** Starts it again after `halt`, on the same port with the same data. */
  resume(): Promise<void>;
  /** Stops it and removes all it wrote. */
  stop(): Promise<void>;
}

export interface PostgresServerOptions {
  readonly maxConnections?: number;
  /** More settings of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Starts a PostgreSQL 18 of its own, with an empty data folder and the superuser `postgres`. */
export async function startPostgresServer(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const user = findServiceUser();
  const folder = await createTemporaryFolder("postgres", user);
  try {
    const binaries = await locatePostgresBinaries(user, folder.path);
    const address = { host: "127.0.0.1", port: await findFreePort(), user: "postgres", password: "password" };
    await initialiseData(binaries.initdb, { folder, user, address });
    const command = {
      file: binaries.postgres,
      args: ["-D", dataIn(folder), "-p", String(address.port), ...renderSettings(address.host, options)],
      user,
      // A standby goes on: "read-only connections".
      readyMessage: "database system is ready to accept",
      folder: folder.path,
    };
    return controlServer(command, { address, folder, first: await startServiceProcess(command) });
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

const dataIn = (folder: TemporaryFolder): string => join(folder.path, "data");

async function initialiseData(
  initdb: string,
  given: { readonly folder: TemporaryFolder; readonly user: ServiceUser; readonly address: PostgresAddress },
): Promise<void> {
  const { folder, user, address } = given;
  const passwordFile = join(folder.path, "password");
  // Readable by the service user, who owns the folder; nobody else can enter it.
  await writeFile(passwordFile, `${address.password}\n`, { mode: 0o644 });
  const names = [`--pgdata=${dataIn(folder)}`, `--username=${address.user}`, `--pwfile=${passwordFile}`];
  const locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const env = { ...process.env, LC_ALL: "C" };
  await promisify(execFile)(initdb, [...names, ...locale, "--auth=password", "--no-sync"], { ...user, env });
}

function renderSettings(host: string, options: PostgresServerOptions): readonly string[] {
  const settings = {
    listen_addresses: host,
    unix_socket_directories: "",
    max_connections: String(options.maxConnections ?? 300),
    ...options.settings,
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function controlServer(
  command: ServiceCommand,
  given: {
    readonly address: PostgresAddress;
    readonly folder: TemporaryFolder;
    readonly first: ServiceProcess;
  },
): PostgresServer {
  let server = given.first;
  return {
    ...given.address,
    halt: (mode) => server.stop(mode === "fast" ? "SIGINT" : "SIGQUIT"),
    async resume() {
      server = await startServiceProcess(command);
    },
    async stop() {
      await server.stop("SIGINT");
      await given.folder.remove();
    },
  };
}

/** The URL of one database of a server. */
export function postgresUrl(address: PostgresAddress, database: string): string {
  const { host, port, user, password } = address;
  return `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(database)}`;
}
