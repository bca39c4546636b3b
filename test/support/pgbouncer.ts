import { writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { findFreePort } from "./free-port.ts";
import type { PostgresAddress } from "./postgres-server.ts";
import { startServiceProcess } from "./service-process.ts";
import { findServiceUser } from "./service-user.ts";
import { createTemporaryFolder } from "./temporary-folder.ts";

export interface PgBouncerOptions {
  /** The server behind it. All of its databases can be reached. */
  readonly server: PostgresAddress;
  /** Default `transaction`. */
  readonly poolMode?: "session" | "transaction" | "statement";
  /** Runs DISCARD ALL between transactions. Default off. */
  readonly serverResetQueryAlways?: boolean;
  /** Server connections per database. Default 10. */
  readonly defaultPoolSize?: number;
  /** Default 1000. */
  readonly maxClientConnections?: number;
  /** The program; default: the one that is installed. */
  readonly program?: string;
  /** Statements followed per connection (0: none). Known to 1.21 and later alone: left out unless given. */
  readonly maxPreparedStatements?: number;
  /** More settings of pgbouncer.ini. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The address takes the place of the server's: same user, password and database names. */
export interface PgBouncer extends PostgresAddress {
  /** Ends it without a word to its clients. */
  halt(): Promise<void>;
  /** Starts it again after `halt`, on the same port. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** The program, or `null` where it is not installed. Continuous integration must have it. */
export function findPgBouncer(): string | null {
  // Debian installs it in /usr/sbin, which is not on every user's path.
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  const found = folders.map((folder) => join(folder, "pgbouncer")).find((file) => existsSync(file));
  if (found !== undefined) return found;
  if (process.env["CI"])
    throw new Error("pgbouncer is not installed, and CI is set: nothing may be left out.");
  return null;
}

/** Starts a PgBouncer in front of a server; `null` after saying so where none is installed. */
export async function startPgBouncer(options: PgBouncerOptions): Promise<PgBouncer | null> {
  const file = options.program ?? findPgBouncer();
  if (file === null) {
    console.log("not run: pgbouncer is not installed");
    return null;
  }
  const user = findServiceUser();
  const folder = await createTemporaryFolder("pgbouncer", user);
  const address = { ...pick(options.server), port: await findFreePort() };
  const users = join(folder.path, "users.txt");
  const configuration = join(folder.path, "pgbouncer.ini");
  // PgBouncer reads them as the service user, who owns the folder; nobody else can enter it.
  await writeFile(users, `"${address.user}" "${address.password}"\n`, { mode: 0o644 });
  await writeFile(configuration, renderConfiguration(options, { port: address.port, users }), {
    mode: 0o644,
  });
  const command = { file, args: [configuration], user, readyMessage: "process up", folder: folder.path };
  let bouncer = await startServiceProcess(command);
  // What a polite signal means changed with 1.23 (it then waits for the clients); this one means the same in all.
  const halt = (): Promise<void> => bouncer.stop("SIGKILL");
  return {
    ...address,
    halt,
    async resume() {
      bouncer = await startServiceProcess(command);
    },
    async stop() {
      await halt();
      await folder.remove();
    },
  };
}

function pick({ host, user, password }: PostgresAddress): Omit<PostgresAddress, "port"> {
  return { host, user, password };
}

function renderConfiguration(
  options: PgBouncerOptions,
  own: { readonly port: number; readonly users: string },
): string {
  const { maxPreparedStatements, settings } = options;
  const followed =
    maxPreparedStatements === undefined ? {} : { max_prepared_statements: String(maxPreparedStatements) };
  const more = Object.entries({ ...followed, ...settings }).map(([name, value]) => `${name} = ${value}`);
  return `[databases]
* = host=${options.server.host} port=${options.server.port}

[pgbouncer]
listen_addr = ${options.server.host}
listen_port = ${own.port}
unix_socket_dir =
auth_type = plain
auth_file = ${own.users}
pool_mode = ${options.poolMode ?? "transaction"}
server_reset_query_always = ${options.serverResetQueryAlways === true ? 1 : 0}
default_pool_size = ${options.defaultPoolSize ?? 10}
max_client_conn = ${options.maxClientConnections ?? 1000}
ignore_startup_parameters = extra_float_digits
${more.join("\n")}
`;
}
