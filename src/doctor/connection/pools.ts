import { realpath } from "node:fs/promises";
import type { Database, DatabaseStats } from "../../database/database.ts";
import { ok, unchecked, uncheckedFromOutside, type Check, type CheckContext, type Found } from "../check.ts";
import { lookUp } from "../look-up.ts";
import { plural } from "../plural.ts";
import { findSqliteFile } from "../sqlite/sqlite-file.ts";
import { readLocalPorts, readOpenFiles } from "./process-sockets.ts";

const fix =
  "Make one pool and hand it to createAuth({ database: pool }), or use `auth.database.native` for your own statements";

/** What a pool that we open for a URL calls itself. */
const ownName = "wispy-auth";

/** Whether this process has more than one pool, or handle, on the same database. */
export const pools: Check = {
  id: "pools",
  title: "Whether this process has a second pool on the database",
  dialects: ["postgres", "sqlite"],
  async run(context) {
    const { database, settings } = context;
    if (database.dialect === "sqlite") return lookForHandles(context);
    return settings.handle.kind === "own" ? lookFromOutside(context) : lookForConnections(context);
  },
};

interface OwnConnection {
  readonly port: number | null;
  readonly application: string;
  readonly own: boolean;
}

/**
 * A server tells the address and port of each of its clients, and the system those of this process: what belongs to it
 * beyond the pool's own number is somebody else's. Never too many are counted: other roles' addresses may be hidden.
 */
async function lookForConnections({ database }: CheckContext): Promise<readonly Found[]> {
  const before = database.stats();
  if (before.pooler === "present") {
    return unchecked("behind a pooler the server does not see whose connections are whose");
  }
  const ports = await readLocalPorts();
  if (ports === null) return unchecked("this system does not tell which connections a process has");
  // One that only listens for notifications cannot be a pool's.
  const found = await lookUp<OwnConnection>(
    database,
    `select client_port as port, coalesce(application_name, '') as application, pid = pg_backend_pid() as own
    from pg_catalog.pg_stat_activity
    where datname = current_database() and client_addr = inet_client_addr() and query !~* '^\\s*listen\\s'
    order by application_name, client_port`,
  );
  const self = found.find(({ own }) => own);
  if (self === undefined || self.port === null || !ports.has(self.port)) {
    return unchecked("the server sees this process under another address, or through a Unix socket");
  }
  const ofProcess = found.filter(({ port }) => port !== null && ports.has(port));
  const ofPool = countPool(before, database.stats());
  if (ofPool === null) return unchecked("the driver does not tell how many connections its pool has");
  if (ofProcess.length <= ofPool) {
    return ok("This process has no other connection to the database than its pool's");
  }
  return [
    {
      severity: "warning",
      message: `This process has ${String(ofProcess.length)} connections to the database, of which its pool holds at most ${String(ofPool)}: there is a second pool, or client`,
      fix,
      data: { ofProcess: ofProcess.length, ofPool, applications: namesOf(ofProcess) },
    },
  ];
}

/** How many connections the pool has, or may have; `null` where its driver does not tell. */
function countPool(before: DatabaseStats, { connections: now }: DatabaseStats): number | null {
  // It may have opened or closed one while the server was asked.
  if (now.idle > 0) return Math.max(before.connections.open, now.open);
  // Where even the one that has just answered is not idle, all are busy, or the driver knows of those in use alone.
  return now.max > 0 ? now.max : null;
}

function namesOf(connections: readonly OwnConnection[]): readonly string[] {
  return [...new Set(connections.map(({ application }) => application))];
}

interface Group {
  readonly address: string;
  readonly application: string;
  readonly connections: number;
}

/** From another process it can only be guessed: a pool of ours (it has our name) and another at one address. */
async function lookFromOutside({ database }: CheckContext): Promise<readonly Found[]> {
  const groups = await lookUp<Group>(
    database,
    `select host(client_addr) as address, application_name as application, count(*) as connections
    from pg_catalog.pg_stat_activity
    where datname = current_database() and client_addr is not null and pid <> pg_backend_pid()
    group by 1, 2 order by 1, 2`,
  );
  const doubtful = groups
    .filter(({ application }) => application === ownName)
    .flatMap((ours) => {
      const others = groups.filter((group) => group.address === ours.address && group !== ours);
      return others.length === 0 ? [] : [{ ours, others }];
    });
  if (doubtful.length === 0) return uncheckedFromOutside();
  return doubtful.map(({ ours, others }) => ({
    severity: "info",
    message: `${ours.address} has ${plural(ours.connections, "connection")} as ${ownName}, and ${others.map(describe).join(", ")}: if they are of one process, it has two pools`,
    fix,
    data: { groups: [ours, ...others] },
  }));
}

function describe({ application, connections }: Group): string {
  return `${String(connections)} as ${application === "" ? "(no name)" : application}`;
}

async function lookForHandles({ database, settings }: CheckContext): Promise<readonly Found[]> {
  if (settings.handle.kind === "own") return uncheckedFromOutside();
  const [file, open] = [await findFile(database), await readOpenFiles()];
  if (file === null) return ok("The database is in memory, and belongs to its one handle");
  if (open === null) return unchecked("this system does not tell which files a process has open");
  const handles = open.filter((path) => path === file).length;
  if (handles <= 1) return ok("This process has the file open once");
  return [
    {
      severity: "info",
      message: `This process has the file open ${String(handles)} times: the writes of one handle wait for the other's`,
      fix: "Hand your own handle to createAuth({ database: db }), or use `auth.database.native` for your own statements",
      data: { handles },
    },
  ];
}

/** As the system spells it. */
async function findFile(database: Database): Promise<string | null> {
  const file = await findSqliteFile(database);
  return file === null ? null : realpath(file);
}
