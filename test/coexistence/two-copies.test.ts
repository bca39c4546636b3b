import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import type * as library from "wispy-auth";
import { newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { buildProgram, type Program } from "../support/run-program.ts";

type Library = typeof library;

/** A hot reload, or a duplicate in node_modules: the same code twice in one process, with state of its own each. */
forEachDatabase("two copies of the library in one process", (ctx) => {
  let programs: readonly Program[];
  let copies: readonly [Library, Library];
  beforeAll(async () => {
    programs = await Promise.all([buildProgram("whole-library.ts"), buildProgram("whole-library.ts")]);
    const [one, other] = await Promise.all(
      programs.map(({ file }) => import(pathToFileURL(file).href) as Promise<Library>),
    );
    copies = [one!, other!];
    expect(copies[0].createAuth).not.toBe(copies[1].createAuth);
  });
  afterAll(() => Promise.all(programs.map((program) => program.remove())));

  it("open one handle for one URL, and the last one closes it", async () => {
    const database = await ctx.createDatabase();
    const options = { database: database.url, baseUrl: "http://localhost:3000", pool: { max: 3 } };
    const auths = await Promise.all(copies.map((copy) => copy.createAuth(options)));
    const [first, second] = [auths[0]!, auths[1]!];
    expect(first.database.native).toBe(second.database.native);

    const accounts = Array.from({ length: 20 }, () => newCredentials());
    await Promise.all(accounts.map((account, i) => auths[i % 2]!.signUp(account)));
    expect(first.database.stats().connections).toEqual(second.database.stats().connections);
    expect(first.database.stats().connections.open).toBeLessThanOrEqual(3);

    await first.close();
    await expect(first.signIn(accounts[0]!)).rejects.toMatchObject({ code: "database_closed" });
    const signedIn = await second.signIn(accounts[0]!);
    expect(signedIn.user.email).toBe(accounts[0]!.email);
    await second.close();
    await expect(second.signIn(accounts[0]!)).rejects.toMatchObject({ code: "database_closed" });
  });
});
