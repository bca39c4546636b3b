import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { errorCode } from "../suite/core/support/error-code.ts";
import { createTestAuth, newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";

// Which comes first is asserted, never how long something takes; `npm run bench -- --only sign-in-timing` measures.
forEachDatabase("EN-02: with a floor on refusals", (ctx) => {
  const first = (work: Promise<unknown>, milliseconds: number): Promise<unknown> =>
    Promise.race([work, sleep(milliseconds, "the timer")]);

  it("every refused sign-in waits for it, whatever the reason, and a right password does not", async () => {
    const auth = await createTestAuth(ctx, { lockout: { maxFailures: 2, refusalFloorMilliseconds: 400 } });
    const { email, password } = newCredentials();
    const { user } = await auth.signUp({ email, password });
    const refuse = async (input: { email: string; password: string }): Promise<void> => {
      const refused = errorCode(auth.signIn(input));
      expect(await first(refused, 350)).toBe("the timer");
      expect(await refused).toBe("invalid_credentials");
    };
    await refuse(newCredentials());
    await refuse({ email, password: "not this one" });
    await refuse({ email, password: "not this one" });
    await refuse({ email, password });
    await auth.users.unlock(user.id);
    await auth.users.disable(user.id);
    await refuse({ email, password });

    const patient = await createTestAuth(ctx, { lockout: { refusalFloorMilliseconds: 5000 } });
    await auth.users.enable(user.id);
    await auth.users.unlock(user.id);
    expect(await first(errorCode(patient.signIn({ email, password })), 5000)).toBe("none");
    expect(await first(errorCode(patient.signIn({ email: "none", password })), 5000)).toBe("invalid_input");
  });

  it("refuses a floor that is none, or that would hold requests open", async () => {
    for (const refusalFloorMilliseconds of [-1, 0.5, 5001, Number.NaN]) {
      const made = createTestAuth(ctx, { lockout: { refusalFloorMilliseconds } });
      expect(await errorCode(made)).toBe("configuration_invalid");
    }
  });
});
