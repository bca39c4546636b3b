import { aliased, byDialect, integer, sql, statement, text, timestamp, type SqlNode } from "../../module.ts";
import { limitsTable } from "./limit-table.ts";

const l = aliased(limitsTable, "l");

/**
 * Takes one turn, in one statement: a row comes back if there was one left. What is left grows back evenly (GCRA): a
 * turn moves `full_at` on by the time in which one grows back, and there is none left once it would lie further ahead
 * than the window. So a limit is exact for any number of callers, with one moment to keep, and no window begins anew.
 */
export const takeTurn = statement({
  id: "rateLimits.take",
  params: { key: text, now: timestamp, turnMilliseconds: integer, windowMilliseconds: integer },
  row: { fullAt: limitsTable.fullAt },
  sql: (p, row) => {
    const base = byDialect({
      postgres: sql`greatest(${l.fullAt}, ${p.now})`,
      sqlite: sql`max(${l.fullAt}, ${p.now})`,
    });
    return sql`insert into ${l} ("key", "full_at")
      select ${p.key}, ${later(sql`${p.now}`, sql`${p.turnMilliseconds}`)} where true
      on conflict ("key") do update set "full_at" = ${later(base, sql`${p.turnMilliseconds}`)}
      where ${later(base, sql`${p.turnMilliseconds}`)} <= ${later(sql`${p.now}`, sql`${p.windowMilliseconds}`)}
      returning ${row}`;
  },
});

function later(moment: SqlNode, milliseconds: SqlNode): SqlNode {
  return byDialect({
    postgres: sql`(${moment} + ${milliseconds} * interval '1 millisecond')`,
    sqlite: sql`(${moment} + ${milliseconds})`,
  });
}

export const findTurn = statement({
  id: "rateLimits.find",
  params: { key: text },
  row: { fullAt: limitsTable.fullAt },
  sql: (p, row) => sql`select ${row} from ${limitsTable} where ${limitsTable.key} = ${p.key}`,
});

const old = aliased(limitsTable, "old");

/** Rows of callers who have everything again; none that somebody holds is waited for. */
export const removeFull = statement({
  id: "rateLimits.remove_full",
  params: { now: timestamp, limit: integer },
  sql: (p) =>
    sql`delete from ${limitsTable} where ${limitsTable.key} in (
      select ${old.key} from ${old} where ${old.fullAt} <= ${p.now} order by ${old.fullAt} limit ${p.limit}${byDialect(
        { postgres: sql` for update skip locked`, sqlite: sql`` },
      )})`,
});
