import { afterEach, describe, expect, inject, it } from "vitest";
import { createAuth } from "wispy-auth";
import { adopt } from "wispy-auth/adopt";
import { cheapHasher } from "../support/create-test-auth.ts";
import { driverHandles, type DriverHandle } from "../support/driver-handles.ts";
import { createPostgresDatabase, createSqliteDatabase } from "../support/test-database.ts";
import { goPassword } from "./support/go-accounts.ts";
import { password } from "./support/go-database.ts";
import { createGoTables } from "./support/go-schema.ts";

describe("adopt, through every handle that can be lent", () => {
  const cleanUps: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const clean of cleanUps.splice(0).reverse()) await clean();
  });

  const open = async (driver: DriverHandle) => {
    if (driver.opens === "nothing") return driver.open("");
    const isPostgres = driver.dialect === "postgres";
    const database = await (isPostgres
      ? createPostgresDatabase({ server: inject("postgres") })
      : createSqliteDatabase());
    cleanUps.push(() => database.drop());
    return driver.open(isPostgres ? database.url : database.name);
  };

  // PGlite takes long to start on a busy machine.
  it.each(driverHandles)(
    "$name: tells the same, takes over the same",
    { timeout: 120_000 },
    async (driver) => {
      const host = await open(driver);
      cleanUps.push(() => host.close());
      await createGoTables(host);
      const hash = await goPassword(password);
      await host.query(`insert into users (email, password_hash, email_verified, created_at) values
      ('Ann@example.com', '${hash}', true, '2020-02-02T02:02:02Z'), ('bob@example.com', 'no hash', false, null)`);
      await host.query(
        `insert into user_security (user_id, login_attempts, two_factor_enabled) values (1, 2, false), (2, 0, true)`,
      );
      await host.query(`insert into security_events (user_id, event_type, ip_address, created_at) values
      (1, 'login_success', '192.0.2.1', '2021-01-01T00:00:00Z'), (null, 'login_failed', null, '2021-01-01T00:00:00Z')`);
      const dry = await adopt({ database: host.database });
      expect(dry).toMatchObject({
        applied: false,
        accounts: { found: 2, adopted: 2, withPassword: 1, verified: 1, disabled: 1 },
        events: { adopted: 2, leftBehind: {} },
      });
      expect(await adopt({ database: host.database, apply: true, batchSize: 1 })).toEqual({
        ...dry,
        applied: true,
      });
      const auth = await createAuth({ database: host.database, password: { hasher: cheapHasher } });
      cleanUps.push(() => auth.close());
      const { user } = await auth.signIn({ email: "ann@example.com", password });
      expect(user.createdAt).toEqual(new Date("2020-02-02T02:02:02Z"));
      expect((await auth.listEvents(user.id)).map(({ ipAddress }) => ipAddress)).toContain("192.0.2.1");
    },
  );
});
