import { expect, it } from "vitest";
import { fromMigrations, prisma, run } from "./support/prisma-tool.ts";
import { testPush, testPushWithoutExclude } from "./support/push-tests.ts";
import { describeRoundTrip } from "./support/round-trip.ts";

const toSchema = ["--to-schema-datamodel", "prisma/schema.prisma"];

describeRoundTrip(prisma, { dialect: "postgres", option: { schema: "public", prefix: "wispy_" } }, (trip) => {
  it("finds the migrations to be what the schema says, but for the tables it is told of", async () => {
    const diff = await run(trip, ["migrate", "diff", ...fromMigrations, ...toSchema, "--exit-code"]);
    expect(diff).toContain("No difference detected");
  });

  testPush(prisma, trip);
  testPushWithoutExclude(prisma, trip);
});
