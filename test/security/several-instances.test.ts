import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { createTestAuth, newCredentials } from "../support/create-test-auth.ts";
import { forEachDatabase } from "../support/for-each-database.ts";
import { createHttpClient } from "../support/http-client.ts";

forEachDatabase("several instances of the application", (ctx) => {
  it("SE-05, SE-06, SE-07: what one of them ends is over for the other at its next request", async () => {
    const one = await createTestAuth(ctx, { database: ctx.database.open().native });
    const other = await createTestAuth(ctx, { database: ctx.database.open().native });
    const endings: readonly ((made: Awaited<ReturnType<typeof signedUp>>) => Promise<unknown>)[] = [
      ({ token }) => one.signOut(token),
      ({ user, session }) => one.revokeSession({ userId: user.id, sessionId: session.id }),
      ({ user }) => one.revokeOtherSessions({ userId: user.id }),
      ({ token, password }) =>
        one.changePassword({ token, currentPassword: password, newPassword: `${password} new` }),
      ({ user }) => one.users.setPassword(user.id, "a wholly new one"),
      ({ user }) => one.users.update(user.id, { email: newCredentials().email }),
      ({ user }) => one.users.disable(user.id),
      ({ user }) => one.users.delete(user.id),
    ];
    for (const end of endings) {
      const made = await signedUp();
      const headers = { authorization: `Bearer ${made.token}` };
      const browser = createHttpClient(other);
      for (let i = 0; i < 3; i += 1) expect((await browser.get("/session", headers)).status).toBe(200);
      await end(made);
      expect((await browser.get("/session", headers)).status, end.toString()).toBe(401);
      expect(await other.getSession(made.token)).toBeNull();
    }

    async function signedUp() {
      const { email, password } = newCredentials();
      return { email, password, ...(await one.signUp({ email, password })) };
    }
  });

  if (ctx.dialect === "sqlite") {
    it("SE-02: no token and no password stands in the files, the log of writes included", async () => {
      const host = ctx.database.open();
      host.sqlite.pragma("journal_mode = wal");
      const auth = await createTestAuth(ctx, { database: host.native });
      const secrets: string[] = [];
      for (let i = 0; i < 20; i += 1) {
        const { email, password } = newCredentials();
        const { token, deviceToken } = await auth.signUp({ email, password });
        const again = await auth.signIn({ email, password }, { deviceToken });
        const changed = await auth.changePassword({
          token,
          currentPassword: password,
          newPassword: `${password} new`,
        });
        secrets.push(password, token, deviceToken, again.token, changed.token);
      }
      const folder = dirname(ctx.database.name);
      const files = await readdir(folder);
      expect(files.some((name) => name.endsWith("-wal"))).toBe(true);
      for (const name of files) {
        const bytes = await readFile(join(folder, name));
        for (const secret of secrets) {
          expect(bytes.includes(secret), name).toBe(false);
          expect(bytes.includes(Buffer.from(secret, "base64url")), name).toBe(false);
        }
      }
    });
  }
});
