import { expect, it } from "vitest";
import { prisma, run } from "./support/prisma-tool.ts";
import { readOurs, testPush, testPushWithoutExclude } from "./support/push-tests.ts";
import { describeRoundTrip } from "./support/round-trip.ts";

describeRoundTrip(prisma, { dialect: "sqlite" }, (trip) => {
  it("sees no drift where the application is developed, and makes migrations without our tables", async () => {
    const development = await trip.createDatabase();
    await run(trip, ["migrate", "deploy"], { database: development });
    const dev = ["migrate", "dev", "--skip-generate", "--name"];
    expect(await run(trip, [...dev, "none"], { database: development })).toContain(
      "Already in sync, no schema change or pending migration was found.",
    );
    const schema = await trip.project.read("prisma/schema.prisma");
    await trip.project.write("prisma/schema.prisma", `${schema}\nmodel tags {\n  id Int @id\n}\n`);
    expect(await run(trip, [...dev, "tags"], { database: development })).toContain("_tags");
    const [path] = (await trip.project.list("prisma/migrations")).filter((name) => name.includes("_tags/"));
    expect(await trip.project.read(path!)).toMatch(/^-- CreateTable\nCREATE TABLE "tags" \([^;]*\);\s*$/);
    await prisma.migrate(trip);
    expect(await readOurs({ ...trip, database: development })).toEqual(await readOurs(trip));
  });

  testPush(prisma, trip);
  testPushWithoutExclude(prisma, trip);
});
