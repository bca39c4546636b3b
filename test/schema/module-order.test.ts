import { describe, expect, it } from "vitest";
import { coreSchema } from "../../src/core/migrations/core-schema.ts";
import { inDependencyOrder, type SchemaModule } from "../../src/schema/migration.ts";
import { badgesSchema } from "./support/badges-module.ts";

const module = (
  name: string,
  dependsOn: readonly string[] = [],
  numbers: readonly number[] = [],
): SchemaModule => ({
  name,
  dependsOn,
  migrations: numbers.map((number) => ({ number, name: `m${String(number)}`, postgres: [], sqlite: [] })),
  tables: [],
});

const names = (modules: readonly SchemaModule[]): string[] =>
  inDependencyOrder(modules).map(({ name }) => name);

describe("the order of modules", () => {
  it("puts a module after those it depends on, and keeps the order given otherwise", () => {
    expect(names([badgesSchema, coreSchema])).toEqual(["core", "badges"]);
    expect(names([module("c", ["a"]), module("b"), module("a")])).toEqual(["a", "c", "b"]);
    expect(names([module("d", ["b", "c"]), module("c", ["a"]), module("b", ["a"]), module("a")])).toEqual([
      "a",
      "b",
      "c",
      "d",
    ]);
    expect(names([])).toEqual([]);
  });

  it.each([
    ["a cycle", [module("a", ["b"]), module("b", ["c"]), module("c", ["a"])], "a -> b -> c -> a"],
    ["a module that depends on itself", [module("a", ["a"])], "a -> a"],
    ["a dependency that is not installed", [badgesSchema], "badges needs module core"],
    ["a name used twice", [module("a"), module("a")], "same name"],
    ["a gap in the numbers", [module("a", [], [1, 3])], "m3 is not number 2"],
    ["numbers out of order", [module("a", [], [2, 1])], "m2 is not number 1"],
    ["numbers that do not begin with 1", [module("a", [], [0, 1])], "m0 is not number 1"],
    ["a number used twice", [module("a", [], [1, 1])], "m1 is not number 2"],
  ] as const)("refuses %s", (_, modules, message) => {
    expect(() => inDependencyOrder(modules)).toThrow(
      expect.objectContaining({ code: "configuration_invalid", message: expect.stringContaining(message) }),
    );
  });
});
