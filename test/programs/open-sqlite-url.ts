// An application without better-sqlite3 that names its file by a URL, twice. Prints what became of it.
import { createAuth, isAuthError } from "wispy-auth";
import { cheapHasher, newCredentials } from "../support/create-test-auth.ts";
import type { DatabaseSync } from "../support/node-sqlite.ts";

const url = process.argv[2]!;
const start = () => createAuth<DatabaseSync>({ database: url, password: { hasher: cheapHasher } });

try {
  const [first, second] = await Promise.all([start(), start()]);
  const { native } = first.database;
  const pragma = (name: string): unknown => Object.values(native.prepare(`PRAGMA ${name}`).all()[0]!)[0];
  const { token } = await first.signUp(newCredentials());
  await first.close();
  const shared = native === second.database.native && (await second.getSession(token)) !== null;
  const settings = ["foreign_keys", "synchronous", "busy_timeout", "journal_mode"].map(pragma);
  await second.close();
  const { driver } = second.database.stats();
  console.log(JSON.stringify({ driver, shared, settings, open: native.isOpen }));
} catch (error) {
  console.log(JSON.stringify(isAuthError(error) ? { code: error.code } : { error: String(error) }));
}
