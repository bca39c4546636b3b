import { expect, it } from "vitest";
import { fromMigrations, prisma, run } from "./support/prisma-tool.ts";
import { readOurs, testPush } from "./support/push-tests.ts";
import { describeRoundTrip } from "./support/round-trip.ts";

const toSchema = ["--to-schema-datamodel", "prisma/schema.prisma"];

describeRoundTrip(prisma, { dialect: "postgres" }, (trip) => {
  it("finds the migrations to be what the schema says", async () => {
    const diff = await run(trip, ["migrate", "diff", ...fromMigrations, ...toSchema, "--exit-code"]);
    expect(diff).toContain("No difference detected");
  });

  it("can reset the application's tables, and runs our migrations again over ours", async () => {
    const before = await readOurs(trip);
    const reset = await run(trip, ["migrate", "reset", "--force", "--skip-generate", "--skip-seed"]);
    expect(reset).toContain("Database reset successful");
    expect(await run(trip, ["migrate", "status"])).toContain("Database schema is up to date!");
    expect(await readOurs(trip)).toEqual(before);
    const host = trip.database.open();
    expect(await host.query("select id from notes")).toEqual([]);
    expect(await host.query("select email from wispy.users")).toHaveLength(1);
    await host.query("insert into notes (id, text) values (1, 'hello')");
    await host.close();
  });

  testPush(prisma, trip);
});
