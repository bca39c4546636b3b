import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";

/** What the application's migrations came to. */
export interface MigrationCounts {
  done: number;
  /** Turned away by a lock or a deadlock, as the application would try again later. */
  gaveUp: number;
  /** Fell into a restart. */
  interrupted: number;
}

const everyMilliseconds = 1_000;
/** lock_not_available, deadlock_detected: what a careful migration reckons with. */
const turnedAway = new Set(["55P03", "40P01"]);

/**
 * Changes the application's tables, which are joined with ours, and now and then our table of users, one statement a
 * second until it is over. Each waits two seconds for its lock, as a careful application's do.
 */
export async function migrateOnAndOn(
  pool: pg.Pool,
  {
    over,
    isDisturbed,
  }: { readonly over: AbortSignal; /** Whether a server is down. */ readonly isDisturbed: () => boolean },
): Promise<MigrationCounts> {
  const counts: MigrationCounts = { done: 0, gaveUp: 0, interrupted: 0 };
  for (let round = 1; !over.aborted; round += 1) {
    for (const text of migrationsOf(round)) {
      if (over.aborted) break;
      counts[await migrate(pool, { text, isDisturbed })] += 1;
      await sleep(everyMilliseconds, undefined, { signal: over }).catch(() => undefined);
    }
  }
  return counts;
}

async function migrate(
  pool: pg.Pool,
  { text, isDisturbed }: { readonly text: string; readonly isDisturbed: () => boolean },
): Promise<keyof MigrationCounts> {
  const before = isDisturbed();
  try {
    await pool.query(text);
    return "done";
  } catch (error) {
    if (turnedAway.has(String((error as { code?: unknown }).code))) return "gaveUp";
    if (before || isDisturbed()) return "interrupted";
    throw new Error(`the application's migration failed: ${text}`, { cause: error });
  }
}

/** `if exists` throughout: the statement that belongs to it may have been turned away. */
function migrationsOf(round: number): readonly string[] {
  return [
    `alter table members add column if not exists extra_${round} int not null default 0`,
    "alter table members alter column note type varchar(300)",
    `alter table wispy.users add column if not exists soak_${round} text`,
    "create index if not exists members_note on members (note)",
    "alter table members alter column visits type bigint",
    `create table if not exists orders_${round} (id int primary key, user_id uuid references wispy.users (id))`,
    "drop index if exists members_note",
    "alter table wispy.users alter column name type varchar(300)",
    `alter table members drop column if exists extra_${round}`,
    "create index concurrently if not exists users_soak on wispy.users (name)",
    "alter table members alter column note type text",
    `drop table if exists orders_${round}`,
    `alter table wispy.users drop column if exists soak_${round}`,
    "drop index concurrently if exists wispy.users_soak",
    "alter table members alter column visits type int",
    "alter table wispy.users alter column name type text",
  ];
}
