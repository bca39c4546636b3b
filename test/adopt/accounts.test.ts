import { expect, it } from "vitest";
import { errorCode } from "../suite/core/support/error-code.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { createTestClock } from "../support/test-clock.ts";
import { goPassword, goTime } from "./support/go-accounts.ts";
import { openGoDatabase, password } from "./support/go-database.ts";

const kinds = (
  findings: readonly { readonly kind: string; readonly oldId: number }[],
): (string | number)[][] => findings.map(({ kind, oldId }) => [oldId, kind]);

forEachDatabase("adopt: an account of the Go library", (ctx) => {
  it("signs in with its bcrypt password, in any spelling of the address, and gets a new hash", async () => {
    const go = await openGoDatabase(ctx);
    const passwordHash = await goPassword(password, 10);
    const [id] = await go.add({ email: "Ann.Example@Example.com", passwordHash });
    await go.apply();
    const auth = await go.auth();
    expect(await go.own("credentials")).toMatchObject([{ password_hash: passwordHash }]);
    expect(await errorCode(auth.signIn({ email: "ann.example@example.com", password: "wrong" }))).toBe(
      "invalid_credentials",
    );
    const { user, session } = await auth.signIn({ email: "ANN.example@example.COM", password });
    expect(user).toMatchObject({ id: await go.userIdOf(id!), email: "Ann.Example@Example.com" });
    expect(session.userId).toBe(user.id);
    const [credential] = await go.own("credentials");
    expect(credential!["password_hash"]).toMatch(/^\$argon2id\$/);
    await auth.signIn({ email: "ann.example@example.com", password });
  });

  it("keeps its name, its times and whether its address was verified", async () => {
    const go = await openGoDatabase(ctx);
    const createdAt = "2019-03-04T05:06:07.891011+02:00";
    const updatedAt = "2020-01-02T03:04:05Z";
    await go.add(
      {
        email: "a@example.com",
        firstName: "Ann",
        lastName: " Example ",
        verified: true,
        createdAt,
        updatedAt,
      },
      { email: "b@example.com", firstName: null, lastName: null, username: "bob", createdAt, updatedAt },
    );
    await go.apply();
    const [ann, bob] = await (await go.auth()).users.list();
    const times = { createdAt: new Date("2019-03-04T03:06:07.891Z"), updatedAt: new Date(updatedAt) };
    expect(ann).toMatchObject({
      email: "a@example.com",
      name: "Ann Example",
      emailVerifiedAt: times.updatedAt,
      ...times,
    });
    expect(bob).toMatchObject({ email: "b@example.com", name: null, emailVerifiedAt: null, ...times });
  });

  it("gets an id that sorts by its age, whatever its number was", async () => {
    const go = await openGoDatabase(ctx);
    await go.add(
      { email: "young@example.com", createdAt: "2025-01-01T00:00:00Z" },
      { email: "ancient@example.com", createdAt: "1955-11-05T06:15:00Z" },
      { email: "old@example.com", createdAt: "2001-01-01T00:00:00Z" },
      { email: "twin@example.com", createdAt: "2001-01-01T00:00:00Z" },
    );
    await go.apply();
    const users = await (await go.auth()).users.list();
    expect(users.map(({ email }) => email.split("@")[0])).toEqual(["ancient", "old", "twin", "young"]);
    expect(users[0]!.createdAt).toEqual(new Date("1955-11-05T06:15:00Z"));
    expect(users[1]!.id).toMatch(/^00e3c7a7-3400-7003-[89ab]/);
  });

  it("stays suspended or inactive, and is opened by users.enable", async () => {
    const go = await openGoDatabase(ctx);
    const ids = await go.add(
      { email: "suspended@example.com", suspended: true },
      { email: "inactive@example.com", active: false },
      { email: "both@example.com", active: false, suspended: true },
      { email: "nobody-knows@example.com", active: null, suspended: null },
    );
    const report = await go.apply();
    expect(report.accounts).toMatchObject({ adopted: 4, disabled: 4 });
    expect(kinds(report.findings)).toEqual([[ids[3], "status_unclear"]]);
    const auth = await go.auth();
    for (const { id, email } of await auth.users.list()) {
      expect(await errorCode(auth.signIn({ email, password }))).toBe("invalid_credentials");
      await auth.users.enable(id);
      await auth.signIn({ email, password });
    }
    const reasons = await go.own("users");
    expect(reasons.map((row) => row["disabled_reason"])).toEqual([null, null, null, null]);
  });

  it("says why it is disabled", async () => {
    const go = await openGoDatabase(ctx);
    await go.add({
      email: "a@example.com",
      active: false,
      suspended: true,
      security: { secondFactor: true },
    });
    await go.apply();
    expect(await go.own("users")).toMatchObject([
      { disabled_reason: "Adopted: suspended, inactive, second factor not taken over" },
    ]);
  });

  it("stays locked until its lock ends, and not longer", async () => {
    const go = await openGoDatabase(ctx);
    await go.add(
      {
        email: "locked@example.com",
        security: { attempts: 5, lockedUntil: goTime(900), updatedAt: goTime(-5) },
      },
      { email: "by-hand@example.com", security: { attempts: 0, lockedUntil: goTime(900) } },
      {
        email: "over@example.com",
        security: { attempts: 5, lockedUntil: goTime(-900), updatedAt: goTime(-5) },
      },
    );
    expect((await go.apply()).accounts.locked).toBe(2);
    const clock = createTestClock();
    const auth = await go.auth({ clock });
    const signIn = (name: string) => errorCode(auth.signIn({ email: `${name}@example.com`, password }));
    expect(await signIn("locked")).toBe("invalid_credentials");
    expect(await signIn("by-hand")).toBe("invalid_credentials");
    expect(await signIn("over")).toBe("none");
    clock.advance(901);
    expect(await signIn("locked")).toBe("none");
    expect(await signIn("by-hand")).toBe("none");
  });

  it("goes on counting failures where the Go library stopped", async () => {
    const go = await openGoDatabase(ctx);
    await go.add({ email: "a@example.com", security: { attempts: 4, updatedAt: goTime(-5) } });
    await go.apply();
    const auth = await go.auth();
    await errorCode(auth.signIn({ email: "a@example.com", password: "wrong" }));
    expect(await errorCode(auth.signIn({ email: "a@example.com", password }))).toBe("invalid_credentials");
  });

  it("is not shut out for good by failures that the Go library counted without end", async () => {
    const go = await openGoDatabase(ctx);
    await go.add({ email: "a@example.com", security: { attempts: 100_000, updatedAt: goTime(-7200) } });
    await go.apply();
    await (await go.auth()).signIn({ email: "a@example.com", password });
  });

  it("takes the stricter of two locks where the address was tried here already", async () => {
    const go = await openGoDatabase(ctx);
    const clock = createTestClock();
    const auth = await go.auth({ clock });
    for (let i = 0; i < 5; i += 1)
      await errorCode(auth.signIn({ email: "a@example.com", password: "wrong" }));
    await go.add({ email: "a@example.com", security: { attempts: 2, updatedAt: goTime(-7200) } });
    await go.apply();
    expect(await errorCode(auth.signIn({ email: "a@example.com", password }))).toBe("invalid_credentials");
    clock.advance(61);
    expect(await errorCode(auth.signIn({ email: "a@example.com", password }))).toBe("none");
  });

  it("that came by an OAuth provider has no password, not even one from before it was linked", async () => {
    const go = await openGoDatabase(ctx);
    const google = { provider: "google", providerId: "1", verified: true };
    const ids = await go.add(
      { email: "pure@example.com", ...google, passwordHash: "" },
      { email: "linked@example.com", ...google },
    );
    const report = await go.apply();
    expect(report.waiting.identities).toBe(2);
    expect(report.accounts).toMatchObject({ adopted: 2, withPassword: 0, verified: 2 });
    expect(kinds(report.findings)).toEqual([[ids[1], "password_before_linking"]]);
    expect(await go.own("credentials")).toEqual([]);
    const auth = await go.auth();
    expect(await errorCode(auth.signIn({ email: "linked@example.com", password }))).toBe(
      "invalid_credentials",
    );
    await auth.users.setPassword(await go.userIdOf(ids[1]!), "a new and longer one");
    await auth.signIn({ email: "linked@example.com", password: "a new and longer one" });
  });

  it("with a password hash of unknown form comes without a password and is listed", async () => {
    const go = await openGoDatabase(ctx);
    const ids = await go.add(
      { email: "md5@example.com", passwordHash: "5f4dcc3b5aa765d61d8327deb882cf99" },
      { email: "dear@example.com", passwordHash: `$2a$31$${"a".repeat(53)}` },
      { email: "none@example.com", passwordHash: null },
    );
    const report = await go.apply();
    expect(kinds(report.findings)).toEqual([
      [ids[0], "password_unknown"],
      [ids[1], "password_unknown"],
    ]);
    expect(report.accounts).toMatchObject({ adopted: 3, withPassword: 0 });
  });

  it("with a second factor comes disabled, unless it is to be opened to the password alone", async () => {
    const go = await openGoDatabase(ctx);
    const [first] = await go.add({ email: "a@example.com", security: { secondFactor: true } });
    const report = await go.apply();
    expect(report.waiting.secondFactors).toBe(1);
    expect(kinds(report.findings)).toEqual([[first, "second_factor_missing"]]);
    const [second] = await go.add({ email: "b@example.com", security: { secondFactor: true } });
    expect(kinds((await go.apply({ withoutSecondFactor: true })).findings)).toEqual([
      [second, "second_factor_dropped"],
    ]);
    const auth = await go.auth();
    expect(await errorCode(auth.signIn({ email: "a@example.com", password }))).toBe("invalid_credentials");
    await auth.signIn({ email: "b@example.com", password });
  });

  it("without its second row, without times or with a mark to change the password is adopted all the same", async () => {
    const go = await openGoDatabase(ctx);
    const ids = await go.add(
      { email: "half@example.com", security: null },
      { email: "timeless@example.com", createdAt: null, updatedAt: null },
      { email: "zero@example.com", createdAt: "0001-01-01T00:00:00Z", updatedAt: "2020-02-02T00:00:00Z" },
      { email: "marked@example.com", security: { mustChangePassword: true } },
    );
    const report = await go.apply();
    expect(kinds(report.findings)).toEqual([
      [ids[1], "creation_unknown"],
      [ids[2], "creation_unknown"],
      [ids[3], "password_change_forced"],
    ]);
    const auth = await go.auth();
    const created = new Map(
      (await auth.users.list()).map(({ email, createdAt }) => [email, createdAt.toISOString()]),
    );
    expect(created.get("timeless@example.com")).toBe("1970-01-01T00:00:00.000Z");
    expect(created.get("zero@example.com")).toBe("2020-02-02T00:00:00.000Z");
    for (const email of created.keys()) await auth.signIn({ email, password });
  });

  it("has the number 0, or one below it", async () => {
    const go = await openGoDatabase(ctx);
    await go.add({ id: 0, email: "zero@example.com" }, { id: -7, email: "minus@example.com" });
    expect((await go.apply()).accounts.adopted).toBe(2);
    expect((await go.apply()).accounts.adopted).toBe(0);
  });

  it("brings an event that says where it comes from", async () => {
    const go = await openGoDatabase(ctx);
    const [id] = await go.add({ email: "a@example.com" });
    await go.apply();
    const events = await (await go.auth()).listEvents(await go.userIdOf(id!));
    expect(events).toMatchObject([{ type: "user.created", data: { adopted: true } }]);
  });
});
