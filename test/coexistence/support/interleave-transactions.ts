import assert from "node:assert/strict";
import type { Auth } from "wispy-auth";
import type { HostDatabase } from "wispy-auth/testing";
import { newCredentials } from "../../support/create-test-auth.ts";
import { errorCode } from "../../suite/core/support/error-code.ts";

/**
 * Opens a transaction of the application on a handle that is one connection, at another moment of a sign-up each time,
 * and rolls it back. For any test runner.
 */
export async function interleaveTransactions(host: HostDatabase, auth: Auth): Promise<void> {
  await host.query("create table interleaved (body text)");
  for (let round = 0; round < 8; round += 1) {
    const account = newCredentials();
    const signingUp = errorCode(auth.signUp(account));
    for (let turn = 0; turn < round; turn += 1) await new Promise(setImmediate);
    await host.query("begin");
    await host.query("insert into interleaved (body) values ('mine')");
    const refused = await errorCode(auth.signUp(newCredentials()));
    await host.query("rollback");
    assert.equal(refused, "host_transaction_open");
    const outcome = await signingUp;
    assert.ok(outcome === "none" || outcome === "host_transaction_open", outcome);
    const kept = await auth.users.getByEmail(account.email);
    assert.equal(kept === null ? "host_transaction_open" : "none", outcome);
  }
  assert.deepEqual(await host.query("select body from interleaved"), []);
}
