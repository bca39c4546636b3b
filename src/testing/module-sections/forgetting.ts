import assert from "node:assert/strict";
import { events } from "../../core/events/events-table.ts";
import { newUser, type ModuleSubject, type NewUser } from "../module-subject/module-subject.ts";
import { findText, readStoredRows } from "../module-subject/stored-rows.ts";
import { sendSample } from "../module-subject/sample-requests.ts";

/** What is left of a user in the module's tables and in the event log. */
export function forgettingTests(subject: ModuleSubject): void {
  const { it } = subject.test;
  const read = (tables: ModuleSubject["ownTables"]) =>
    readStoredRows({ host: subject.host, database: subject.auth.database }, tables);

  it("keeps no secret of a user, neither in its tables nor in the event log", async () => {
    const users = await useEverything(subject);
    const stored = await read([...subject.ownTables, events.info]);
    const told = subject.watch.events.map(({ data }) => JSON.stringify(data ?? {})).join("\n");
    for (const { password, token, deviceToken, email } of users) {
      for (const secret of [password, token, deviceToken]) assert.deepEqual(findText(stored, secret), []);
      assert.ok(!told.includes(email), "an event holds an e-mail address");
    }
  });

  it("names nobody who is gone", async () => {
    const { columnsThatKeepUsers = [] } = subject.samples;
    const columns = subject.ownTables.flatMap((table) =>
      table.columns.map(({ name }) => `${table.name}.${name}`),
    );
    for (const column of columnsThatKeepUsers) assert.ok(columns.includes(column), `there is no ${column}`);
    const users = await useEverything(subject);
    for (const { userId } of users) assert.equal(await subject.auth.users.delete(userId), true);
    const stored = await read(subject.ownTables);
    const found = users
      .flatMap(({ userId, email }) => [userId, email])
      .flatMap((text) => findText(stored, text));
    assert.deepEqual(
      found.filter((column) => !columnsThatKeepUsers.includes(column)),
      [],
    );
  });
}

/** Users who have signed up, each of whom has made one of the calls or requests that there are samples for. */
async function useEverything(subject: ModuleSubject): Promise<readonly NewUser[]> {
  const { calls = {}, requests = {} } = subject.samples;
  const users = [await newUser(subject)];
  for (const call of Object.values(calls)) {
    const caller = await newUser(subject);
    await call(caller);
    users.push(caller);
  }
  for (const routeId of Object.keys(requests)) {
    const caller = await newUser(subject);
    await sendSample(subject, { routeId, caller });
    users.push(caller);
  }
  return users;
}
