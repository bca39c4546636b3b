import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createAuth, isPending, type Auth } from "wispy-auth";
import { defineModule } from "wispy-auth/module";
import { newCredentials, optionsOf, testBaseUrl } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { allAtOnce, errorCode, tally } from "../suite/core/support/error-code.ts";
import { gifts } from "./support/gifts.ts";
import { keeper } from "./support/keeper.ts";
import { pendingOf } from "./support/sign-in-outcome.ts";

type Keeper = ReturnType<typeof keeper<"signIn" | "signUp">>;

forEachDatabase("every way in", (ctx) => {
  const options = () => optionsOf(ctx);
  let auth: Auth<unknown, readonly [Keeper, ReturnType<typeof gifts>]>;
  beforeAll(async () => {
    auth = await createAuth({ ...options(), modules: [keeper(), gifts()] });
  });
  afterAll(() => auth.close());

  const countSessions = async (userId: string): Promise<number> => (await auth.listSessions(userId)).length;
  const guarded = async () => {
    const account = newCredentials();
    const { id } = await auth.users.create({ ...account, name: "guarded" });
    return { account, id };
  };

  it("is held up by a step, which opens one session when it is answered", async () => {
    const { account, id } = await guarded();
    const { step, methods, token, details } = pendingOf(await auth.signIn(account));
    expect({ step, methods, details }).toEqual({ step: "keeper", methods: ["ticket"], details: {} });
    expect(await countSessions(id)).toBe(0);
    expect(await auth.getSession(token)).toBeNull();
    const answers = await allAtOnce(10, async () => {
      try {
        return isPending(await auth.keeper.answer(token)) ? "pending" : "session";
      } catch (error) {
        return (error as { code: string }).code;
      }
    });
    expect(tally(answers)).toEqual({ session: 1, "keeper.used": 9 });
    expect(await countSessions(id)).toBe(1);
    const events = await auth.listEvents(id);
    expect(events.map(({ type, data }) => [type, data["method"] ?? null])).toEqual([
      ["sign_in.succeeded", "ticket"],
      ["sign_in.step_required", "password"],
      ["user.created", null],
    ]);
  });

  it("counts no right password as a failure, held up or refused", async () => {
    const { account } = await guarded();
    for (let round = 0; round < 12; round += 1) pendingOf(await auth.signIn(account));
    const banned = newCredentials();
    const { id } = await auth.users.create({ ...banned, name: "banned" });
    for (let round = 0; round < 12; round += 1) {
      await expect(auth.signIn(banned)).rejects.toMatchObject({ code: "keeper.banned" });
    }
    expect(await countSessions(id)).toBe(0);
    const [latest] = await auth.listEvents(id);
    expect(latest).toMatchObject({
      type: "sign_in.failed",
      data: { reason: "refused", code: "keeper.banned" },
    });
  });

  it("is passed by the modules that a sign-in has behind it, and by no other", async () => {
    const { id } = await guarded();
    const other = await createAuth({ ...options(), modules: [keeper(), passer()] });
    expect(isPending(await other.passer.enter(id))).toBe(true);
    expect(isPending(await other.passer.enter(id, ["keeper"]))).toBe(false);
    await other.close();
    await expect(auth.keeper.enter(id)).resolves.toMatchObject({ user: { id } });
  });

  it("is closed to users who are gone or disabled", async () => {
    const { id } = await guarded();
    await auth.users.disable(id);
    expect(await errorCode(auth.keeper.enter(id))).toBe("sign_in_refused");
    expect(await errorCode(auth.keeper.enter(randomUUID()))).toBe("sign_in_refused");
    expect(await errorCode(auth.keeper.enter("nobody"))).toBe("sign_in_refused");
  });

  it("is held up at the sign-up too, and the account stays without a session", async () => {
    const account = { ...newCredentials(), name: "guarded", wish: `a ${randomUUID().slice(0, 8)}` };
    const pending = pendingOf(await auth.signUp(account));
    const user = (await auth.users.getByEmail(account.email))!;
    expect(await countSessions(user.id)).toBe(0);
    expect(await auth.gifts.count(user.id)).toBe(1);
    await expect(auth.keeper.answer(pending.token)).resolves.toMatchObject({ user: { id: user.id } });
    const prepared = await auth.prepareSignUp({ ...newCredentials(), name: "guarded" });
    pendingOf(await auth.signUp(prepared));
  });

  it("looks the same for an address that is taken, where a module says so", async () => {
    const account = { ...newCredentials(), name: "guarded" };
    const free = pendingOf(await auth.signUp(account));
    const taken = pendingOf(await auth.signUp({ ...account, name: "guarded" }));
    expect({ ...taken, token: "" }).toEqual({
      ...free,
      token: "",
      expiresAt: expect.any(Date) as Date,
    });
  });

  it("may begin without a password, with the fields of other modules", async () => {
    const email = newCredentials().email;
    const wish = `b ${randomUUID().slice(0, 8)}`;
    const scripted: string[] = [];
    const made = await auth.keeper.accounts.signUp({
      email,
      emailVerified: true,
      method: "keeper",
      fields: { wish },
      script: (user) =>
        // oxlint-disable-next-line require-yield
        function* () {
          scripted.push(user.id);
        },
    });
    if (isPending(made)) throw new Error("nothing holds this one up");
    expect(made.user).toMatchObject({ email, emailVerifiedAt: expect.any(Date) as Date });
    expect(new Set(scripted)).toEqual(new Set([made.user.id]));
    expect(await auth.gifts.count(made.user.id)).toBe(1);
    expect(await auth.keeper.accounts.hasPassword(made.user.id)).toBe(false);
    expect(await errorCode(auth.signIn({ email, password: "whatever it is" }))).toBe("invalid_credentials");
    expect(() => auth.keeper.accounts.checkSignUpFields({ wish: 7 })).toThrow(/input is not valid/);
    const again = auth.keeper.accounts.signUp({ email, emailVerified: false, method: "keeper" });
    expect(isPending(await again)).toBe(true);
  });

  it("leaves nothing of an account whose module fails in the middle of it", async () => {
    const { email } = newCredentials();
    const failing = auth.keeper.accounts.signUp({
      email,
      emailVerified: true,
      method: "keeper",
      script: () =>
        // oxlint-disable-next-line require-yield -- it fails before it asks for anything
        function* (): Generator<never, void, never> {
          throw new Error("half-way");
        },
    });
    await expect(failing).rejects.toThrow("half-way");
    expect(await auth.users.getByEmail(email)).toBeNull();
  });

  it("is told to modules in its transaction, and so is every change of the user", async () => {
    const account = newCredentials();
    const { user, token } = await openSignUp(account);
    const before = (await auth.keeper.diary()).length;
    await auth.signIn(account);
    await auth.changePassword({ token, currentPassword: account.password, newPassword: "quite another one" });
    const { accounts, change } = auth.keeper;
    const client = { ipAddress: null, userAgent: null };
    expect(
      await change(accounts.markEmailVerified({ userId: user.id, email: "x@example.com", client })),
    ).toBe(false);
    expect(await change(accounts.markEmailVerified({ userId: user.id, email: user.email, client }))).toBe(
      true,
    );
    const moved = await change(
      accounts.changeEmail({ userId: user.id, email: newCredentials().email, verified: true, client }),
    );
    expect(moved.emailVerifiedAt).not.toBeNull();
    await change(accounts.removePassword({ userId: user.id, client }));
    expect(await accounts.hasPassword(user.id)).toBe(false);
    await auth.users.disable(user.id);
    await auth.users.enable(user.id);
    expect((await auth.keeper.diary()).slice(before)).toEqual([
      "opened password",
      "changed password",
      "changed emailVerified",
      "changed email",
      "changed password",
      "changed disabled",
      "changed enabled",
    ]);
  });

  it("is closed to whoever made an account that another has proved the address of", async () => {
    const account = newCredentials();
    const { user, token, deviceToken } = await openSignUp(account);
    const before = (await auth.keeper.diary()).length;
    const { accounts, change } = auth.keeper;
    const client = { ipAddress: null, userAgent: null };
    const own = { userId: user.id, email: user.email, client };
    for (const other of [{ userId: randomUUID() }, { userId: "nobody" }, { email: "x@example.com" }]) {
      expect(await change(accounts.takeOver({ ...own, ...other }))).toBe(false);
    }
    expect(await auth.getSession(token)).not.toBeNull();
    expect(await change(accounts.takeOver(own))).toBe(true);
    expect((await auth.keeper.diary()).slice(before)).toEqual([
      "changed password",
      "changed owner",
      "changed emailVerified",
    ]);
    expect(await auth.getSession(token)).toBeNull();
    expect(await errorCode(auth.signIn(account, { deviceToken }))).toBe("invalid_credentials");
    expect((await auth.users.get(user.id))!.emailVerifiedAt).not.toBeNull();
    const devices = await ctx.host.query(
      `select id from ${ctx.table("devices")} where user_id = '${user.id}'`,
    );
    expect(devices).toEqual([]);

    await auth.users.setPassword(user.id, account.password);
    expect(await change(accounts.takeOver(own))).toBe(false);
    await expect(auth.signIn(account)).resolves.toMatchObject({ user: { id: user.id } });
  });

  it("may be refused before anything is looked up", async () => {
    const account = newCredentials();
    await openSignUp(account);
    auth.keeper.refuse(account.email);
    expect(await errorCode(auth.signIn(account))).toBe("too_many_requests");
    expect(await errorCode(auth.signUp(account))).toBe("too_many_requests");
  });

  it("goes through HTTP with the step's token in a cookie that only its module reads", async () => {
    const { account } = await guarded();
    const send = (path: string, body: object | null, cookie = ""): Promise<Response> =>
      auth.handler(
        new Request(`${testBaseUrl}/auth${path}`, {
          method: "POST",
          headers: { origin: testBaseUrl, cookie, ...(body && { "content-type": "application/json" }) },
          body: body && JSON.stringify(body),
        }),
      );
    const held = await send("/sign-in", account);
    const body = (await held.json()) as { pending: object };
    expect([held.status, body]).toMatchObject([200, { pending: { step: "keeper", methods: ["ticket"] } }]);
    expect(Object.keys(body.pending)).not.toContain("token");
    const [cookie, ...others] = held.headers.getSetCookie();
    expect(others).toEqual([]);
    const opened = await send("/keeper", null, cookie!.split(";")[0]);
    expect(opened.status).toBe(200);
    expect(opened.headers.getSetCookie()[0]).toMatch(/^__Host-wispy-session=/);
    const inBody = await send("/sign-in", { ...account, tokenDelivery: "body" });
    expect(inBody.headers.getSetCookie()).toEqual([]);
    expect(await inBody.json()).toMatchObject({ pending: { token: expect.any(String) as string } });
  });

  it("makes a session fresh again by the password", async () => {
    const account = newCredentials();
    const { token } = await openSignUp(account);
    const confirmed = await auth.confirmPassword({ token, password: account.password });
    const current = (await auth.getSession(token))!;
    expect(confirmed).toEqual(current);
    expect(await errorCode(auth.confirmPassword({ token, password: "not this one" }))).toBe(
      "invalid_credentials",
    );
    expect(await errorCode(auth.confirmPassword({ token: "x", password: account.password }))).toBe(
      "unauthenticated",
    );
  });

  it("is refused at the start to modules that do not say what they hold up or use", async () => {
    const silent = defineModule({ name: "silent", start: () => ({ api: {}, hooks: { signIn: letIn } }) });
    await expect(createAuth({ ...options(), modules: [silent] })).rejects.toThrow(/silent.*holdsUp/);
    const stranger = defineModule({
      name: "stranger",
      start: ({ use }) => ({ api: use<object>("keeper") }),
    });
    await expect(createAuth({ ...options(), modules: [keeper(), stranger] })).rejects.toThrow(/dependsOn/);
    const friend = defineModule({
      name: "friend",
      dependsOn: ["keeper"],
      start: ({ use }) => ({ api: { keeperName: use<{ nameOf(): string }>("keeper").nameOf } }),
    });
    const befriended = await createAuth({ ...options(), modules: [friend, keeper()] });
    expect(befriended.friend.keeperName()).toBe("keeper");
    await befriended.close();
  });

  async function openSignUp(account: { readonly email: string; readonly password: string }) {
    const made = await auth.signUp(account);
    if (isPending(made)) throw new Error("nobody asked for a step");
    return made;
  }
});

/** Signs in anybody, by a way of its own. */
function passer() {
  return defineModule({
    name: "passer",
    start: ({ accounts }) => ({
      api: {
        enter: (userId: string, passed: readonly string[] = []) =>
          accounts.openSession({ userId, method: "passer", passed }),
      },
    }),
  });
}

const letIn = () =>
  // oxlint-disable-next-line require-yield
  function* () {
    return null;
  };
