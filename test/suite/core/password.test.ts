import { beforeAll, describe, expect, it } from "vitest";
import { isAuthError } from "../../../src/errors.ts";
import { createTestAuth, newCredentials, type TestAuth } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createTestClock } from "../../support/test-clock.ts";
import { countingHasher } from "./support/counting-hasher.ts";
import { allAtOnce, errorCode, tally } from "./support/error-code.ts";

forEachDatabase("password change and account deletion", (ctx) => {
  const clock = createTestClock();
  const hasher = countingHasher();
  let auth: TestAuth;
  beforeAll(async () => {
    auth = await createTestAuth(ctx, { clock, password: { hasher }, session: { freshnessSeconds: 600 } });
  });

  const signUp = async () => {
    const credentials = newCredentials();
    return { ...credentials, ...(await auth.signUp(credentials)) };
  };

  it("SE-03, SE-07: gives a new session and ends every other, the asking one too", async () => {
    const { email, password, token, user } = await signUp();
    const other = await auth.signIn({ email, password });
    const newPassword = `${password} new`;
    const changed = await auth.changePassword(
      { token, currentPassword: password, newPassword },
      { userAgent: "b" },
    );
    expect(changed.user).toEqual(user);
    expect(await auth.getSession(token)).toBeNull();
    expect(await auth.getSession(other.token)).toBeNull();
    expect(await auth.getSession(changed.token)).toEqual({ user, session: changed.session });
    expect(await errorCode(auth.signIn({ email, password }))).toBe("invalid_credentials");
    expect(await errorCode(auth.signIn({ email, password: newPassword }))).toBe("none");
    expect((await auth.listEvents(user.id)).map(({ type }) => type)).toContain("password.changed");
  });

  describe("PW-11", () => {
    it("needs a live session, the current password and a recent sign-in", async () => {
      const { password, token } = await signUp();
      const newPassword = `${password} new`;
      const change = (input: { token?: string; currentPassword?: string; newPassword?: string }) =>
        errorCode(auth.changePassword({ token, currentPassword: password, newPassword, ...input }));
      expect(await change({ token: "" })).toBe("unauthenticated");
      expect(await change({ token: "A".repeat(43) })).toBe("unauthenticated");
      expect(await change({ currentPassword: "not this one" })).toBe("invalid_credentials");
      expect(await change({ newPassword: "password1" })).toBe("password_rejected");
      expect(await change({ newPassword: 5 as unknown as string })).toBe("invalid_input");
      clock.advance(601);
      expect(await change({})).toBe("session_not_fresh");
    });

    it("RL-01: counts wrong passwords apart from those of sign-ins, and says when to come back", async () => {
      const { email, password, token } = await signUp();
      const before = hasher.verified();
      const input = { token, currentPassword: "not this one", newPassword: `${password} new` };
      const codes = await allAtOnce(20, () => errorCode(auth.changePassword(input)));
      expect(tally(codes)).toEqual({ invalid_credentials: 5, too_many_requests: 15 });
      expect(hasher.verified() - before).toBe(5);
      const locked: unknown = await auth.changePassword(input).catch((error: unknown) => error);
      expect(isAuthError(locked, "too_many_requests") && locked.data).toEqual({ retryAfterSeconds: 60 });
      expect(await errorCode(auth.deleteUser({ token, password }))).toBe("too_many_requests");
      expect(await errorCode(auth.signIn({ email, password }))).toBe("none");
      expect(await errorCode(auth.changePassword({ ...input, currentPassword: password }))).toBe("none");
    });

    it("a right password whose replacement is refused costs nothing", async () => {
      const { password, token } = await signUp();
      for (let i = 0; i < 8; i += 1) {
        const input = { token, currentPassword: password, newPassword: "short" };
        expect(await errorCode(auth.changePassword(input))).toBe("password_rejected");
      }
    });
  });

  it("of two changes at once one wins, and its password is the one", async () => {
    for (let round = 0; round < 10; round += 1) {
      const { email, password, token } = await signUp();
      const candidates = ["first", "second"].map((word) => `${password} ${word}`);
      const codes = await Promise.all(
        candidates.map((newPassword) =>
          errorCode(auth.changePassword({ token, currentPassword: password, newPassword })),
        ),
      );
      expect(codes.filter((code) => code === "none")).toHaveLength(1);
      const winner = candidates[codes.indexOf("none")]!;
      expect(await errorCode(auth.signIn({ email, password: winner }))).toBe("none");
    }
  });

  describe("deleting one's own account", () => {
    it("needs the password, removes everything but the events, and frees the address", async () => {
      const { email, password, token, user } = await signUp();
      expect(await errorCode(auth.deleteUser({ token, password: "not this one" }))).toBe(
        "invalid_credentials",
      );
      expect(await errorCode(auth.deleteUser({ token: "A".repeat(43), password }))).toBe("unauthenticated");
      await auth.deleteUser({ token, password }, { ipAddress: "192.0.2.9" });
      expect(await auth.users.get(user.id)).toBeNull();
      for (const table of ["credentials", "sessions", "devices", "attempts"]) {
        const rows = await ctx.host.query(`select 1 from ${ctx.table(table)} where user_id = $1`, [user.id]);
        expect(rows, table).toEqual([]);
      }
      const events = await auth.listEvents(user.id);
      expect(events[0]).toMatchObject({ type: "user.deleted", ipAddress: "192.0.2.9", data: { by: "user" } });
      expect(events.at(-1)).toMatchObject({ type: "user.signed_up" });
      expect(await errorCode(auth.signIn({ email, password }))).toBe("invalid_credentials");
      expect((await auth.signUp({ email, password })).user.id).not.toBe(user.id);
    });

    it("leaves no session of a sign-in that races with it", async () => {
      for (let round = 0; round < 10; round += 1) {
        const { email, password, token, user } = await signUp();
        await Promise.all([
          auth.deleteUser({ token, password }),
          allAtOnce(4, () => auth.signIn({ email, password }).catch(() => null)),
        ]);
        const rows = await ctx.host.query(`select 1 from ${ctx.table("sessions")} where user_id = $1`, [
          user.id,
        ]);
        expect(rows).toEqual([]);
      }
    });
  });
});
