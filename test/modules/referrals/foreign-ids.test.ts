import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { newCredentials } from "../../support/create-test-auth.ts";
import { forEachDatabase } from "../../support/for-each-database.ts";
import { createHttpClient, type HttpAnswer, type HttpClient } from "../../support/http-client.ts";
import { errorCode } from "../../suite/core/support/error-code.ts";
import { everyRow } from "./support/every-row.ts";
import { createReferralAuth, type ReferralAuth } from "./support/referral-auth.ts";

interface Person {
  readonly id: string;
  readonly email: string;
  readonly client: HttpClient;
  readonly code: { readonly id: string; readonly code: string };
}

const rewards = { referrer: { amount: 500, unit: "cent" }, referee: { amount: 100, unit: "cent" } };
const reports = ["codes", "referrals", "rewards", "stats", "leaderboard"];

forEachDatabase("two who refer others", (ctx) => {
  let auth: ReferralAuth;
  let [ada, bob]: Person[] = [];
  const people: Person[] = [];
  beforeAll(async () => {
    auth = await createReferralAuth(ctx, { programs: { default: rewards, second: {} } });
    ada = await newPerson();
    bob = await newPerson();
    for (const { code } of [ada, ada, ada, bob]) await newPerson(code.code);
  });

  /** Signs up by a browser, with a name, and has a code. */
  const newPerson = async (referralCode?: string): Promise<Person> => {
    const client = createHttpClient(auth);
    const account = newCredentials();
    const name = `Name ${randomUUID()}`;
    const signedUp = await client.post("/sign-up", {
      ...account,
      name,
      ...(referralCode && { referralCode }),
    });
    expect(signedUp.body).toMatchObject({ referrals: referralCode ? { redeemed: true } : null });
    const code = (await client.post("/referrals/codes", {})).body as Person["code"];
    const person = { id: (signedUp.body!["user"] as { id: string }).id, email: account.email, client, code };
    people.push(person);
    return person;
  };

  const everyId = async (): Promise<readonly string[]> => {
    const ids = new Set(
      JSON.stringify(await everyRow(ctx)).match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g),
    );
    expect(ids.size).toBeGreaterThan(40);
    return [...ids];
  };

  it("cannot touch each other's codes, by any id there is", async () => {
    const foreign = (await everyId()).filter((id) => id !== bob!.code.id);
    const before = await everyRow(ctx);
    const { client, id: userId } = bob!;
    const never = (await client.delete(`/referrals/codes/${randomUUID()}`)).body;
    expect(never).toMatchObject({ status: 404, code: "not_found" });
    // The same answer as for an id that there never was.
    for (const codeId of foreign) {
      const path = `/referrals/codes/${codeId}`;
      expect((await client.delete(path)).body).toEqual(never);
      expect((await client.patch(path, { paused: true })).body).toEqual(never);
      expect(await auth.referrals.deactivateCode({ userId, codeId })).toBe(false);
      const change = { userId, codeId, maxUses: 9 };
      expect(await errorCode(auth.referrals.updateCode(change))).toBe("not_found");
    }
    expect(await everyRow(ctx)).toEqual(before);
  });

  const ownedBy = async ({ client }: Person, path: string): Promise<readonly { readonly id: string }[]> =>
    Object.values((await client.get(`/referrals/${path}`)).body!)[0] as { id: string }[];

  it.each(["referrals", "rewards"])("see their own %s alone, wherever a page begins", async (list) => {
    const own = new Set((await ownedBy(bob!, list)).map(({ id }) => id));
    expect(own.size).toBe(1);
    const foreign = (await ownedBy(ada!, list)).filter(({ id }) => own.has(id));
    expect(foreign).toEqual([]);
    for (const id of await everyId()) {
      for (const found of await ownedBy(bob!, `${list}?after=${id}`)) expect(own).toContain(found.id);
    }
  });

  describe("are shown", () => {
    /** Everything that the routes say, to everybody. */
    const everyAnswer = async (): Promise<readonly string[]> => {
      const answers: HttpAnswer[] = [];
      for (const { client } of [...people, { client: createHttpClient(auth) }]) {
        for (const report of reports) answers.push(await client.get(`/referrals/${report}`));
      }
      for (const { code } of [ada!, bob!]) {
        answers.push(await createHttpClient(auth).post("/referrals/check", { code: code.code }));
      }
      return answers.map(({ body }) => JSON.stringify(body));
    };

    it("without anybody's id, address or name", async () => {
      const users = await auth.users.list();
      expect(users).toHaveLength(people.length);
      await auth.referrals.setProfile(bob!.id, { displayName: "Bob unlisted", listed: false });
      const said = (await everyAnswer()).join("\n");
      expect(said).toContain(ada!.code.id);
      for (const { id, email, name } of users) {
        for (const secret of [id, email, name!]) expect(said).not.toContain(secret);
      }
      expect(said).not.toContain("Bob");
    });

    it("on the leaderboard by the name they chose, while they choose to be, in that program", async () => {
      const leaders = async (query = ""): Promise<unknown> =>
        (await createHttpClient(auth).get(`/referrals/leaderboard${query}`)).body!["leaders"];
      const choose = async ({ client }: Person, profile: object): Promise<void> =>
        expect((await client.put("/referrals/profile", profile)).status).toBe(204);
      expect(await leaders()).toEqual([]);
      await choose(ada!, { displayName: "Queen Ada", listed: true });
      await choose(bob!, { displayName: "Bob", listed: true, program: "second" });
      expect(await leaders()).toEqual([{ rank: 1, displayName: "Queen Ada", qualified: 3 }]);
      expect(await leaders("?program=second")).toEqual([]);
      await choose(bob!, { displayName: "B.", listed: true });
      expect(await leaders()).toEqual([
        { rank: 1, displayName: "Queen Ada", qualified: 3 },
        { rank: 2, displayName: "B.", qualified: 1 },
      ]);
      await choose(ada!, { displayName: "Queen Ada", listed: false });
      expect(await leaders()).toEqual([{ rank: 1, displayName: "B.", qualified: 1 }]);
      await auth.users.delete(bob!.id);
      expect(await leaders()).toEqual([]);
    });
  });
});
