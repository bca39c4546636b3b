import { expect, it } from "vitest";
import type { MigrationTool, ToolRun } from "./migration-tool.ts";
import { readOurCatalogue } from "./our-catalogue.ts";
import type { RoundTrip } from "./round-trip.ts";

/** A tool that can also make a database what the application's code says, without migrations. */
export interface PushTool extends MigrationTool {
  /** `exclude`: whether it is told to leave our tables alone, as docs/migrations.md says. */
  configure(run: ToolRun, exclude: boolean): Promise<void>;
  /** The application's table as its code has it, with or without the column that comes later. */
  declare(run: ToolRun, done: boolean): Promise<void>;
  /** Does so whatever is lost by it, and returns what it said. */
  push(run: ToolRun): Promise<string>;
  /** What it says when there is nothing to do. */
  readonly inSync: string;
  readonly changed: string;
}

/** The tool sees nothing of ours. For the end of a round trip. */
export function testPush(tool: PushTool, trip: RoundTrip): void {
  it("finds no difference that it would remove", async () => {
    const before = await readOurs(trip);
    expect(await tool.push(trip)).toContain(tool.inSync);
    expect(await readOurs(trip)).toEqual(before);
  });

  it("pushes a change of the application's tables and touches none of ours", async () => {
    const before = await readOurs(trip);
    await tool.declare(trip, false);
    expect(await tool.push(trip)).toContain(tool.changed);
    const host = trip.database.open();
    expect(await host.query("select id, text from notes")).toHaveLength(1);
    await expect(host.query("select done from notes")).rejects.toThrow();
    await host.close();
    expect(await readOurs(trip)).toEqual(before);
  });
}

/** Why the excludes are there. Comes last: nothing is left afterwards. */
export function testPushWithoutExclude(tool: PushTool, trip: RoundTrip): void {
  it("would drop our tables if it were not told to leave them alone", async () => {
    await tool.configure(trip, false);
    expect(await tool.push(trip)).toContain(tool.changed);
    await expect(readOurs(trip)).rejects.toThrow();
  });
}

export async function readOurs({ database, namespace }: ToolRun): Promise<string[]> {
  const host = database.open();
  try {
    return await readOurCatalogue(host, namespace);
  } finally {
    await host.close();
  }
}
