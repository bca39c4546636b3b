import { describe, expect, it } from "vitest";
import { createAuth } from "wispy-auth";
import { defineModule, type Module, type ModuleContext, type StartedModule } from "wispy-auth/module";
import { optionsOf } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { gifts } from "./support/gifts.ts";

type Running = Partial<StartedModule<object, unknown, object>>;

/** What the modules of one start did, in order. */
const diary: string[] = [];

function witness(name: string, running: Running = {}): Module {
  return defineModule({
    name,
    start: () => ({
      api: {},
      opened: () => void diary.push(`${name} opened`),
      close: async () => void diary.push(`${name} closed`),
      ...running,
    }),
  });
}

function toys(start: (context: ModuleContext) => StartedModule<object, unknown, object>): Module {
  return defineModule({ name: "toys", start });
}

const broken = new Error("broken");
const fail = (): never => {
  throw broken;
};

/** What goes wrong after the first modules were started, and what the caller is told. */
const faults: readonly (readonly [fault: string, last: () => Module, message: RegExp])[] = [
  ["a module that cannot start", () => toys(fail), /^broken$/],
  [
    "a module that uses what it does not depend on",
    () => toys(({ use }) => ({ api: use("first") })),
    /toys uses first/,
  ],
  [
    "a module that holds up what it does not declare",
    () => toys(() => ({ api: {}, hooks: { signIn: fail } })),
    /toys has the hook signIn/,
  ],
  [
    "a migration that fails",
    () => ({
      ...gifts(),
      migrations: gifts().migrations!.map((migration) => ({
        ...migration,
        postgres: ["select nonsense"],
        sqlite: ["select nonsense"],
      })),
    }),
    /gifts/,
  ],
  ["a module called as something of ours", () => witness("handler"), /handler/],
  ["a module that cannot begin", () => witness("toys", { opened: fail }), /^broken$/],
];

/** How many URLs are open in this process. */
const countOpenUrls = (): number => {
  const registry: unknown = Reflect.get(globalThis, Symbol.for("wispy-auth.owned-handles"));
  return (registry as ReadonlyMap<string, unknown> | undefined)?.size ?? 0;
};

forEachDatabase("createAuth that fails once modules are started", (ctx) => {
  const start = (database: unknown, modules: readonly Module[]) => {
    diary.length = 0;
    return createAuth({ ...optionsOf(ctx, { database }), modules });
  };
  const countConnections = async (database: string): Promise<unknown> => {
    const text = "select count(*)::int as n from pg_stat_activity where datname = $1";
    return (await ctx.host.query(text, [database]))[0]?.["n"];
  };
  const closedOf = (): readonly string[] => diary.filter((entry) => entry.endsWith("closed"));

  describe.each(faults)("for %s", (_, last, message) => {
    it("closes those modules once each, the last one first, and ends the handle of a URL", async () => {
      const database = await ctx.createDatabase();
      await expect(start(database.url, [witness("first"), witness("second"), last()])).rejects.toThrow(
        message,
      );
      expect(closedOf().slice(-2)).toEqual(["second closed", "first closed"]);
      expect(new Set(closedOf()).size).toBe(closedOf().length);
      expect(countOpenUrls()).toBe(0);
      if (ctx.dialect === "postgres") await expect.poll(() => countConnections(database.name)).toBe(0);
    });

    it("leaves a borrowed handle as it was", async () => {
      const host = (await ctx.createDatabase()).open();
      await expect(start(host.native, [witness("first"), last()])).rejects.toThrow(message);
      expect(closedOf().at(-1)).toBe("first closed");
      expect(await host.query("select 1 as one")).toEqual([{ one: 1 }]);
      const whole = await start(host.native, [witness("first")]);
      await whole.close();
      expect(diary).toEqual(["first opened", "first closed"]);
    });
  });

  it("tells what failed first, though a module cannot be closed either", async () => {
    const stubborn = witness("second", { close: () => Promise.reject(new Error("stubborn")) });
    const database = await ctx.createDatabase();
    await expect(start(database.url, [witness("first"), stubborn, toys(fail)])).rejects.toBe(broken);
    expect(closedOf()).toEqual(["first closed"]);
    expect(countOpenUrls()).toBe(0);
  });

  it("closes all that there is when it is closed, though a module cannot be", async () => {
    const stubborn = witness("second", { close: () => Promise.reject(new Error("stubborn")) });
    const database = await ctx.createDatabase();
    const auth = await start(database.url, [witness("first"), stubborn]);
    await expect(auth.close()).rejects.toThrow("stubborn");
    expect(closedOf()).toEqual(["first closed"]);
    expect(countOpenUrls()).toBe(0);
  });
});
