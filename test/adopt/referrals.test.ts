import { afterAll, beforeAll, expect, it } from "vitest";
import { createAuth, type Auth } from "wispy-auth";
import { referrals, type ReferralOptions } from "wispy-auth/referrals";
import { brokenRules } from "../modules/referrals/support/referral-books.ts";
import { cheapHasher, newCredentials, testBaseUrl } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { buildProgram, type Program } from "../support/run-program.ts";
import { goTime } from "./support/go-accounts.ts";
import { openGoDatabase, password, type GoDatabase } from "./support/go-database.ts";
import { addGoCodes, addGoReferrals } from "./support/go-referrals.ts";
import { addOddAccounts } from "./support/odd-accounts.ts";
import { countOwnRows, digestOldRows } from "./support/old-rows.ts";

// Each process takes seconds to start on a busy machine.
const slow = { timeout: 180_000 };

const programs = {
  invited: { referrer: { amount: 500, unit: "cent" }, referee: { amount: 100, unit: "cent" } },
};
const modules = [referrals({ programs })];

type ReferralsAuth = Auth<unknown, typeof modules>;

let program: Program;
beforeAll(async () => {
  program = await buildProgram("adopt-until-killed.ts");
});
afterAll(() => program.remove());

forEachDatabase("adopt: referrals", (ctx) => {
  /** An Auth with referrals on the same handle, whose start makes the module's tables. */
  const open = async (go: GoDatabase, options: ReferralOptions = { programs }): Promise<ReferralsAuth> => {
    const auth = await createAuth({
      database: go.host.native,
      baseUrl: testBaseUrl,
      password: { hasher: cheapHasher },
      log: () => undefined,
      modules: [referrals(options)],
    });
    ctx.onSuiteEnd(() => auth.close());
    return auth as ReferralsAuth;
  };

  const broken = ({ host }: GoDatabase) =>
    brokenRules(
      { dialect: ctx.dialect, table: ctx.table, host },
      { capped: "invited", cap: 0, maxCodesPerUser: 5 },
    );

  const counts = { found: 0, adopted: 0, adoptedBefore: 0, heldBack: 0, leftBehind: 0 };

  it("are counted, and wait, until the module is given and has its tables", slow, async () => {
    const go = await openGoDatabase(ctx);
    const [ann, bob] = await go.add({ email: "ann@example.com" }, { email: "bob@example.com" });
    const [code] = await addGoCodes(go.host, { code: "ANN-CODE", owner: ann!, uses: 1 });
    await addGoReferrals(go.host, { code: code!, referrer: ann!, referee: bob! });
    const waiting = { referralCodes: 1, referralRelationships: 1 };
    expect(await go.adopt({ modules })).toMatchObject({ rows: [], waiting });
    expect(await go.apply({ modules })).toMatchObject({ rows: [], waiting });
    await open(go);
    expect(await go.apply()).toMatchObject({ rows: [], waiting });
    const { rows, waiting: left, accounts } = await go.apply({ modules });
    expect(accounts).toMatchObject({ adopted: 0, adoptedBefore: 2 });
    expect(rows).toEqual([
      { ...counts, what: "referral codes", found: 1, adopted: 1 },
      { ...counts, what: "referrals", found: 1, adopted: 1 },
    ]);
    expect(left).toMatchObject({ referralCodes: 0, referralRelationships: 0 });
    expect(await broken(go)).toEqual({});
  });

  it("come over as the dry run has told, to the letter, and once", slow, async () => {
    const go = await openGoDatabase(ctx);
    const ids = await addOddAccounts(go, 160);
    // One who is held back, with a code that brought somebody, and was brought by a code.
    const [held] = await go.add({ email: "no address" });
    const [ofHeld, ofOther] = await addGoCodes(
      go.host,
      { code: "OFHELD", owner: held!, uses: 1 },
      { code: "OFOTHER", owner: ids[2]!, uses: 1 },
    );
    await addGoReferrals(
      go.host,
      { code: ofHeld!, referrer: held!, referee: ids.at(-1)! },
      { code: ofOther!, referrer: ids[2]!, referee: held! },
    );
    await open(go);
    const [before, own] = [await digestOldRows(go.host), await countOwnRows(go.host)];
    const dry = await go.adopt({ modules });
    expect(await countOwnRows(go.host)).toEqual(own);
    expect(await go.adopt({ apply: true, batchSize: 9, modules })).toEqual({ ...dry, applied: true });
    const [codes, relations] = dry.rows;
    expect(codes).toMatchObject({ heldBack: 1, adoptedBefore: 0 });
    expect(relations).toMatchObject({ heldBack: 2, adoptedBefore: 0 });
    expect(codes!.adopted).toBeGreaterThan(15);
    expect(relations!.adopted).toBeGreaterThan(10);
    expect(await broken(go)).toEqual({});

    const again = await go.adopt({ modules });
    expect(await go.adopt({ apply: true, modules })).toEqual({ ...again, applied: true });
    expect(again.rows).toMatchObject([
      { adopted: 0, adoptedBefore: codes!.adopted, heldBack: 1 },
      { adopted: 0, adoptedBefore: relations!.adopted, heldBack: 2 },
    ]);

    await go.host.query("update users set email = 'now-one@example.com' where id = $1", [held]);
    const { rows, accounts } = await go.apply({ modules });
    expect(accounts.adopted).toBe(1);
    expect(rows).toMatchObject([
      { adopted: 1, heldBack: 0 },
      { adopted: 2, heldBack: 0 },
    ]);
    expect(await broken(go)).toEqual({});
    await go.host.query("update users set email = 'no address' where id = $1", [held]);
    expect(await digestOldRows(go.host)).toBe(before);
  });

  it(
    "open doors as before: their owners sign in, and bring somebody in by their old code",
    slow,
    async () => {
      const go = await openGoDatabase(ctx);
      const [ann, bob] = await go.add(
        { email: "ann@example.com", createdAt: goTime(-9 * 86_400) },
        { email: "bob@example.com" },
      );
      const [code] = await addGoCodes(go.host, { code: "ANN_X7-QO", owner: ann!, uses: 1 });
      await addGoReferrals(go.host, {
        code: code!,
        referrer: ann!,
        referee: bob!,
        createdAt: goTime(-3 * 86_400),
      });
      const auth = await open(go);
      await go.apply({ modules });
      const post = (path: string, body: object): Promise<Response> =>
        auth.handler(
          new Request(`${testBaseUrl}/auth${path}`, {
            method: "POST",
            headers: { "content-type": "application/json", origin: testBaseUrl },
            body: JSON.stringify(body),
          }),
        );
      expect((await post("/sign-in", { email: "ann@example.com", password })).status).toBe(200);
      const made = await post("/sign-up", { ...newCredentials(), referralCode: "ann x7 q0" });
      expect(await made.json()).toMatchObject({ referrals: { redeemed: true, program: "invited" } });

      const userId = await go.userIdOf(ann!);
      expect(await auth.referrals.listCodes(userId)).toMatchObject([
        { code: "ANN_X7-QO", uses: 2, maxUses: null, status: "active", custom: false, program: "invited" },
      ]);
      const {
        referrals: total,
        qualified,
        balances,
        daily,
      } = await auth.referrals.stats(userId, { days: 4 });
      expect({ total, qualified }).toEqual({ total: 2, qualified: 2 });
      expect(daily.map((day) => day.qualified)).toEqual([1, 0, 0, 1]);
      // The one that was made here: the old one earned nobody anything.
      expect(balances).toMatchObject([{ unit: "cent", approved: 500, pending: 0, held: 0 }]);
      expect(await auth.referrals.listRewards(await go.userIdOf(bob!))).toEqual([]);
      expect(await auth.referrals.listReferrals(userId)).toMatchObject([
        { state: "qualified" },
        { state: "qualified", code: "ANN_X7-QO" },
      ]);
      expect(await auth.referrals.programStats()).toMatchObject({ referrals: 2, qualified: 2 });
    },
  );

  it(
    "keep their limits: as many uses are left as there were, and what was closed stays so",
    slow,
    async () => {
      const go = await openGoDatabase(ctx);
      const [owner, ...others] = await go.add(
        ...Array.from({ length: 7 }, (_, i) => ({ email: `user${String(i)}@example.com` })),
      );
      const later = goTime(86_400);
      const codes = await addGoCodes(
        go.host,
        // Four were brought, of whom two have gone since.
        { code: "SOMELEFT", owner: owner!, maxUses: 5, uses: 4 },
        // The Go library let more in than it was to.
        { code: "TOOMANY", owner: owner!, maxUses: 1, uses: 3, active: false },
        { code: "FULL", owner: owner!, maxUses: 1, uses: 1 },
        { code: "OVER", owner: owner!, expiresAt: goTime(-60) },
        { code: "OPEN", owner: owner!, expiresAt: later, active: true },
        { code: "UNCLEAR", owner: owner!, active: null },
      );
      const brought = [0, 0, 1, 1, 1, 2];
      await addGoReferrals(
        go.host,
        ...brought.map((code, i) => ({ code: codes[code]!, referrer: owner!, referee: others[i]! })),
      );
      const auth = await open(go);
      await go.apply({ modules, batchSize: 2 });
      const found = await auth.referrals.listCodes(await go.userIdOf(owner!));
      const byCode = Object.fromEntries(found.map(({ code, ...rest }) => [code, rest]));
      expect(byCode).toMatchObject({
        SOMELEFT: { uses: 2, maxUses: 3, status: "active" },
        TOOMANY: { uses: 3, maxUses: 3, status: "deactivated" },
        FULL: { uses: 1, maxUses: 1, status: "used_up" },
        OVER: { uses: 0, maxUses: null, status: "expired" },
        OPEN: { status: "active", expiresAt: new Date(Date.parse(later)) },
        UNCLEAR: { status: "deactivated" },
      });
      expect(await auth.referrals.checkCode("someleft")).toMatchObject({ redeemed: true });
      expect(await auth.referrals.checkCode("full")).toMatchObject({ reason: "code_used_up" });
      expect(await broken(go)).toEqual({});
    },
  );

  it(
    "whose codes are one here are held back, each listed with the others, until they are told apart",
    slow,
    async () => {
      const go = await openGoDatabase(ctx);
      const [ann, bob, cat] = await go.add(
        { email: "ann@example.com" },
        { email: "bob@example.com" },
        { email: "cat@example.com" },
      );
      const auth = await open(go);
      const native = (await auth.users.create({ email: "new@example.com" })).id;
      await auth.referrals.createCode({ userId: native, code: "SUMMER" });
      const [one, two, taken, nothing] = await addGoCodes(
        go.host,
        { code: "Code-O1", owner: ann!, uses: 1 },
        { code: "CODE_0L", owner: bob! },
        { code: "summer", owner: cat! },
        { code: "-_-", owner: cat! },
      );
      await addGoReferrals(go.host, { code: one!, referrer: ann!, referee: cat! });
      const table = "referral_codes";
      const findings = [
        { kind: "referrals.code_shared", table, oldId: one, otherOldIds: [two], heldBack: true },
        { kind: "referrals.code_shared", table, oldId: two, otherOldIds: [one], heldBack: true },
        { kind: "referrals.code_taken", table, oldId: taken, heldBack: true },
        { kind: "referrals.code_invalid", table, oldId: nothing, heldBack: true },
      ];
      for (const apply of [false, true]) {
        const report = await go.adopt({ apply, modules });
        expect(report.findings).toHaveLength(findings.length);
        expect(report.findings).toEqual(
          expect.arrayContaining(findings.map((finding) => expect.objectContaining(finding))),
        );
        expect(report.rows).toMatchObject([
          { adopted: 0, heldBack: 4, leftBehind: 0 },
          { adopted: 0, heldBack: 1, leftBehind: 0 },
        ]);
      }
      expect(await auth.referrals.checkCode("Code-O1")).toMatchObject({ reason: "code_unknown" });

      const rename = (id: number | undefined, code: string) =>
        go.host.query("update referral_codes set code = $2 where id = $1", [id, code]);
      await rename(two, "CODE_OF_BOB");
      await rename(taken, "WINTER");
      await rename(nothing, "NOTHING");
      const report = await go.apply({ modules });
      expect(report.findings).toEqual([]);
      expect(report.rows).toMatchObject([
        { adopted: 4, heldBack: 0 },
        { adopted: 1, heldBack: 0 },
      ]);
      expect(await auth.referrals.checkCode("Code-O1")).toMatchObject({ redeemed: true });
      expect(await broken(go)).toEqual({});
    },
  );

  it("name nobody who is gone, and count for nobody twice", slow, async () => {
    const go = await openGoDatabase(ctx);
    const [ann, bob, cat, dan, eve, twin] = await go.add(
      ...["ann", "bob", "cat", "dan", "eve", "twin"].map((name) => ({ email: `${name}@example.com` })),
    );
    const [ofAnn, ofDan] = await addGoCodes(
      go.host,
      { code: "OFANN", owner: ann!, uses: 3 },
      { code: "OFDAN", owner: dan!, uses: 1 },
    );
    const brought = [bob!, cat!, twin!].map((referee) => ({ code: ofAnn!, referrer: ann!, referee }));
    const [, , toTwin] = await addGoReferrals(go.host, ...brought, {
      code: ofDan!,
      referrer: dan!,
      referee: eve!,
    });
    // The accounts come first; meanwhile two users go, and one old account turns out to be another's.
    const auth = await open(go);
    await go.apply();
    await go.host.query(`update ${ctx.table("adopted_users")} set user_id = $1 where old_id = $2`, [
      await go.userIdOf(ann!),
      twin,
    ]);
    for (const id of [bob!, dan!]) await auth.users.delete(await go.userIdOf(id));
    const dry = await go.adopt({ modules });
    const report = await go.apply({ modules });
    expect(report).toEqual({ ...dry, applied: true });
    expect(report.rows).toMatchObject([
      { adopted: 2, leftBehind: 0 },
      { adopted: 3, leftBehind: 1 },
    ]);
    expect(report.findings).toMatchObject([
      { kind: "referrals.self_referral", table: "referral_relationships", oldId: toTwin, heldBack: false },
    ]);
    expect(await auth.referrals.stats(await go.userIdOf(ann!))).toMatchObject({ referrals: 2, qualified: 2 });
    expect(await auth.referrals.programStats()).toMatchObject({ referrals: 3 });
    expect(await auth.referrals.checkCode("OFDAN")).toMatchObject({ redeemed: false });
    expect(await broken(go)).toEqual({});
  });

  it(
    "killed after any batch, nothing is lost and nothing counted twice: as if it had been left in peace",
    slow,
    async () => {
      const [go, peaceful] = [await openGoDatabase(ctx), await openGoDatabase(ctx)];
      for (const one of [go, peaceful]) {
        await fill(one);
        await open(one, {});
      }
      const before = await digestOldRows(go.host);
      await peaceful.apply({ modules: [referrals()] });
      // Rows begin anew with the second table: 14 of one and 28 of the other.
      const ends = [
        { line: "rows 4;", held: true },
        { line: "rows 8;", held: false },
        { line: "rows 16;", held: true },
        { line: "rows 12;", held: false },
      ];
      for (const { line, held } of ends) {
        const order = { url: go.database.url, batchSize: 4, ...(held ? { holdAfter: line } : {}) };
        const run = program.start([JSON.stringify(order)]);
        await run.printed(`${line}\n`).catch(() => undefined);
        run.process.kill("SIGKILL");
        await run.ended;
        expect(await broken(go)).toEqual({});
      }
      const { rows } = await go.apply({ modules: [referrals()], batchSize: 4 });
      expect(rows).toMatchObject([
        { found: 14, heldBack: 0, leftBehind: 0 },
        { found: 28, heldBack: 0, leftBehind: 0 },
      ]);
      expect(rows[0]!.adoptedBefore).toBe(14);
      expect(rows[1]!.adoptedBefore).toBeGreaterThan(0);
      expect(await books(go)).toEqual(await books(peaceful));
      expect(await digestOldRows(go.host)).toBe(before);
      expect(await broken(go)).toEqual({});
    },
  );

  /** 14 owners with a code each, who have brought two each; the same in every database. */
  async function fill(go: GoDatabase): Promise<void> {
    const createdAt = "2026-02-03T04:05:06.789Z";
    const ids = await go.add(
      ...Array.from({ length: 42 }, (_, i) => ({
        email: `user${String(i)}@example.com`,
        uuid: `0b0e2b6e-0000-4000-8000-${String(i).padStart(12, "0")}`,
        createdAt,
      })),
    );
    const owners = ids.slice(0, 14);
    const codes = await addGoCodes(
      go.host,
      ...owners.map((owner, i) => ({ code: `CODE-${String(i)}`, owner, uses: 2, maxUses: 3, createdAt })),
    );
    await addGoReferrals(
      go.host,
      ...ids.slice(14).map((referee, i) => ({
        code: codes[i % 14]!,
        referrer: owners[i % 14]!,
        referee,
        createdAt,
      })),
    );
  }

  /** Everything of referrals but when it was adopted. */
  async function books(go: GoDatabase): Promise<unknown> {
    const mapping = await go.own("adopted_rows", "true order by source, old_id");
    return {
      codes: await go.own("referral_codes", "true order by id"),
      referrals: await go.own("referrals", "true order by id"),
      rewards: await go.own("referral_rewards"),
      members: await go.own("referral_members", "true order by user_id"),
      days: await go.own("referral_days", "true order by owner, day"),
      mapping: mapping.map((row) => ({ ...row, adopted_at: null })),
    };
  }
});
