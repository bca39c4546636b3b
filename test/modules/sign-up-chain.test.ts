import { beforeAll, expect, it } from "vitest";
import { createAuth, type Auth } from "wispy-auth";
import { newCredentials, optionsOf } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { allAtOnce, errorCode, tally } from "../suite/core/support/error-code.ts";
import { gifts } from "./support/gifts.ts";
import { tickets } from "./support/tickets.ts";

forEachDatabase("a part of a sign-up that is statements alone", (ctx) => {
  const options = () => optionsOf(ctx);
  let auth: Auth<unknown, readonly [ReturnType<typeof tickets>]>;
  beforeAll(async () => {
    auth = await createAuth({ ...options(), modules: [tickets()] });
    ctx.onSuiteEnd(() => auth.close());
  });

  it("is written with the account, and answered", async () => {
    await auth.tickets.open("one", 1);
    const made = await auth.signUp({ ...newCredentials(), show: "one" });
    expect(made.tickets).toBe("seated");
    expect([await auth.tickets.left("one"), await auth.tickets.seats(made.user.id)]).toEqual([0, 2]);
  });

  it("leaves the account and says why where its head returned nothing", async () => {
    await auth.tickets.open("none", 0);
    const made = await auth.signUp({ ...newCredentials(), show: "none" });
    expect(made.tickets).toBe("0 left");
    expect(await auth.tickets.seats(made.user.id)).toBe(0);
    expect(await auth.getSession(made.token)).toMatchObject({ user: { id: made.user.id } });
  });

  it("does nothing where the address has an account", async () => {
    await auth.tickets.open("taken", 5);
    const account = newCredentials();
    await auth.signUp(account);
    expect(await errorCode(auth.signUp({ ...account, show: "taken" }))).toBe("user_exists");
    expect(await auth.tickets.left("taken")).toBe(5);
  });

  it("is decided once for each of many at the same moment", async () => {
    await auth.tickets.open("race", 7);
    const made = await allAtOnce(20, () => auth.signUp({ ...newCredentials(), show: "race" }));
    expect(tally(made.map((one) => one.tickets ?? "none"))).toEqual({ seated: 7, "0 left": 13 });
    const seats = await Promise.all(made.map(({ user }) => auth.tickets.seats(user.id)));
    expect(seats.reduce((sum, count) => sum + count)).toBe(14);
    expect(await auth.tickets.left("race")).toBe(0);
  });

  it("is undone with the account by a module that refuses", async () => {
    const both = await createAuth({ ...options(), modules: [tickets(), gifts({ failAfterwards: true })] });
    await auth.tickets.open("undone", 3);
    const account = newCredentials();
    await expect(both.signUp({ ...account, show: "undone", wish: "a comet" })).rejects.toThrow(
      "after the gift",
    );
    expect(await auth.tickets.left("undone")).toBe(3);
    expect((await both.signUp({ ...account, show: "undone" })).tickets).toBe("seated");
    await both.close();
  });

  // SQLite sends statements one after the other, and asks for no guard.
  if (ctx.dialect === "postgres") {
    it("is refused with the account where its statements have no guard", async () => {
      const careless = await createAuth({ ...options(), modules: [tickets({ unguarded: true })] });
      const account = newCredentials();
      expect(await errorCode(careless.signUp({ ...account, show: "one" }))).toBe("statement_invalid");
      expect(await errorCode(careless.signIn(account))).toBe("invalid_credentials");
      await careless.close();
    });
  }
});
