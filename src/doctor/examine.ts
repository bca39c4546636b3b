import type { Database } from "../database/database.ts";
import { unchecked, type Check, type CheckContext, type ExaminationSettings, type Finding } from "./check.ts";
import { checks } from "./checks.ts";
import { readHostReferences } from "./host/host-reference.ts";
import { reasonOf } from "./reason.ts";
import { readSchemaFacts } from "./schema/schema-facts.ts";
import { readServerFacts } from "./server/server-facts.ts";

/**
 * Makes every check that the database has, one after the other, so that a pool of one connection is enough. Reads and
 * writes nothing; never rejects for what it finds. At least one finding for each check, in the order of `checkIds`.
 */
export async function examine(
  database: Database,
  settings: ExaminationSettings,
): Promise<readonly Finding[]> {
  const context = createContext(database, settings);
  const findings: Finding[] = [];
  for (const check of checks.filter(({ dialects }) => dialects.includes(database.dialect))) {
    // Every further look would wait as long as the first did, and fail like it.
    const unreachable = findings[0]?.severity === "error" && findings[0].check === "connection";
    const found = unreachable ? unchecked("the database does not answer") : await run(check, context);
    findings.push(...found.map((finding) => ({ check: check.id, ...finding })));
  }
  return findings;
}

async function run(check: Check, context: CheckContext): ReturnType<Check["run"]> {
  try {
    return await check.run(context);
  } catch (error) {
    return unchecked(reasonOf(error));
  }
}

function createContext(database: Database, settings: ExaminationSettings): CheckContext {
  return {
    database,
    settings,
    begun: database.stats(),
    server: once(() => readServerFacts(database)),
    schema: once(() => readSchemaFacts(database, settings.modules)),
    references: once(() => readHostReferences(database, settings.modules)),
  };
}

function once<T>(look: () => Promise<T>): () => Promise<T> {
  let looked: Promise<T> | undefined;
  return () => (looked ??= look());
}
