import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";
import { PrismaPg } from "@prisma/adapter-pg";

// Prisma's command runs its schema engine from a program that it downloads, or, in Prisma 6.16 to 6.19, from the
// WebAssembly in its package, on a driver adapter of the application's choice. These are Prisma's own adapters,
// mended where they stop short of what that engine asks of them: https://github.com/prisma/prisma/issues/27403.

type PostgresAdapter = Awaited<ReturnType<PrismaPg["connect"]>>;
type SqliteAdapter = Awaited<ReturnType<PrismaBetterSqlite3["connectToShadowDb"]>>;

/** PostgreSQL's type "char", which the catalogue has columns of and the adapter does not know. */
const charOid = 18;
const textOid = 25;
/** `ColumnTypeEnum.Character` of `@prisma/driver-adapter-utils`. */
const characterColumn = 6;

/** What there is of a pool that the adapter sends its statements by. */
interface Sender {
  query(...args: unknown[]): Promise<{ fields?: { dataTypeID: number }[] }>;
}

export function postgresAdapter(connectionString: string) {
  const { hostname: host, port, username: user, password, pathname } = new URL(connectionString);
  // In parts: of a URL the adapter takes the application's own database for the shadow database too.
  const database = pathname.slice(1);
  // The command ends when its connections do.
  const factory = new PrismaPg({ host, port: Number(port), user, password, database, idleTimeoutMillis: 10 });
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => mendPostgres(await factory.connect()),
    connectToShadowDb: async () => mendPostgres(await factory.connectToShadowDb()),
  };
}

function mendPostgres(adapter: PostgresAdapter): PostgresAdapter {
  const sender = adapter.underlyingDriver() as unknown as Sender;
  const query = sender.query.bind(sender);
  let characters: number[] = [];
  sender.query = async (...args) => {
    const result = await query(...args);
    characters = [];
    for (const [i, field] of (result.fields ?? []).entries()) {
      if (field.dataTypeID !== charOid) continue;
      characters.push(i);
      field.dataTypeID = textOid;
    }
    return result;
  };
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (given) => {
    const result = await queryRaw(given);
    for (const i of characters) result.columnTypes[i] = characterColumn;
    return result;
  };
  // As Prisma's own program does it: the whole file by one simple query. The adapter splits at every semicolon.
  adapter.executeScript = async (script) => void (await sender.query(script));
  return adapter;
}

export function sqliteAdapter(path: string) {
  const factory = new PrismaBetterSqlite3({ url: `file:${path}` });
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: () => factory.connect(),
    connectToShadowDb: async () => mendSqlite(await factory.connectToShadowDb()),
  };
}

/** The engine sends whole files to the shadow database as if they were statements. */
function mendSqlite(adapter: SqliteAdapter): SqliteAdapter {
  const executeRaw = adapter.executeRaw.bind(adapter);
  adapter.executeRaw = async (given) => {
    if (given.args.length > 0) return executeRaw(given);
    await adapter.executeScript(given.sql);
    return 0;
  };
  return adapter;
}
