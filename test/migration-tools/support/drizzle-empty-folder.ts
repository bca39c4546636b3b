import { drizzle as onSqlite } from "drizzle-orm/better-sqlite3";
import { migrate as migrateSqlite } from "drizzle-orm/better-sqlite3/migrator";
import { drizzle as onPostgres } from "drizzle-orm/node-postgres";
import { migrate as migratePostgres } from "drizzle-orm/node-postgres/migrator";
import { describe, expect, it } from "vitest";
import type { DialectName } from "../../../src/database/database.ts";
import { drizzle, run } from "./drizzle-tool.ts";
import { expectSameAsMigrate, firstRelease, planRoundTrip, slow } from "./round-trip.ts";

/** Tests of a folder that we are the first to write to. */
export function describeEmptyFolder(dialect: DialectName): void {
  describe(`a folder for drizzle that begins with ours (${dialect})`, slow, () => {
    const trip = planRoundTrip(drizzle, { dialect });

    it("is one that drizzle-kit goes on from", async () => {
      await drizzle.configure(trip, dialect === "sqlite");
      await trip.exportModules(firstRelease);
      await drizzle.declare(trip, false);
      expect(await run(trip, ["generate", "--name", "notes"])).toContain("0002_notes.sql");
      const [last, ours] = await Promise.all(
        ["0002", "0001"].map(
          async (name) =>
            JSON.parse(await trip.project.read(`drizzle/meta/${name}_snapshot.json`)) as Record<
              string,
              unknown
            >,
        ),
      );
      expect(last!["prevId"]).toBe(ours!["id"]);
      // Of a schema without tables drizzle-kit's own snapshot has just these parts.
      expect(Object.keys(ours!).sort()).toEqual(Object.keys(last!).sort());
      expect(await run(trip, ["check"])).toContain("Everything's fine");
    });

    it("is applied by the migrator of drizzle-orm, in the application's own process", async () => {
      const host = trip.database.open();
      const migrationsFolder = `${trip.project.folder}/drizzle`;
      if (dialect === "postgres") await migratePostgres(onPostgres(host.pool), { migrationsFolder });
      else migrateSqlite(onSqlite(host.sqlite), { migrationsFolder });
      expect(await host.query("select id from notes")).toEqual([]);
      await host.close();
      await expectSameAsMigrate(trip, firstRelease);
    });
  });
}
