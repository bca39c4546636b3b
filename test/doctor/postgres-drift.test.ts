import { beforeAll, expect, it } from "vitest";
import { forDatabase } from "../support/for-each-database.ts";
import { fine, openDoctored, type Doctored } from "./support/doctored.ts";

forDatabase("postgres", "the doctor, about our tables,", (ctx) => {
  // Each test leaves it mended.
  let mended: Doctored;
  beforeAll(async () => {
    mended = await openDoctored(ctx);
  });

  it.each([
    ["varchar(80)", "alter table wispy.users alter column name type varchar(80)", "is character varying(80)"],
    ["a lost NOT NULL", "alter table wispy.users alter column email drop not null", "has lost its NOT NULL"],
  ])("mends %s by the statement it gives", async (_, fault, message) => {
    const { host, look, mend } = mended;
    await host.query(fault);
    expect(await look("drift")).toMatchObject([
      { severity: "error", message: expect.stringContaining(message) },
    ]);
    expect(await mend("drift")).toEqual(fine("drift"));
  });

  it("makes an invalid index again", async () => {
    const { host, look, mend } = mended;
    await host.query("drop index wispy.users_email_canonical");
    await host.query(`insert into wispy.users (id, email, email_canonical, created_at, updated_at)
      select gen_random_uuid(), 'a@example.com', 'a@example.com', now(), now() from generate_series(1, 2)`);
    const failing = "create unique index concurrently users_email_canonical on wispy.users (email_canonical)";
    await expect(host.query(failing)).rejects.toMatchObject({ code: "23505" });
    expect(await look("drift")).toMatchObject([{ message: "Index users_email_canonical is invalid" }]);
    await host.query("delete from wispy.users");
    expect(await mend("drift")).toEqual(fine("drift"));
  });

  it.each([
    [
      "a primary key",
      "alter table wispy.attempts drop constraint attempts_pkey",
      "Table attempts has lost its primary key (key)",
    ],
    [
      "a foreign key",
      "alter table wispy.sessions drop constraint sessions_user_id_fkey",
      "Table sessions has lost its foreign key (user_id) to users",
    ],
    [
      "a check",
      "alter table wispy.sessions drop constraint sessions_expiry_check",
      "Table sessions has lost its check sessions_expiry_check",
    ],
    [
      "a foreign key that does not cascade",
      "alter table wispy.devices drop constraint devices_user_id_fkey, add constraint other foreign key (user_id) references wispy.users (id)",
      "The foreign key (user_id) to users of table devices is on delete no action, expected cascade",
    ],
    [
      "a foreign key for new rows alone",
      "alter table wispy.devices drop constraint devices_user_id_fkey, add constraint other foreign key (user_id) references wispy.users (id) on delete cascade not valid",
      "The foreign key (user_id) to users of table devices is not validated",
    ],
  ])("mends %s by the statement it gives", async (_, fault, message) => {
    const { host, look, mend } = mended;
    await host.query(fault);
    expect(await look("constraints")).toMatchObject([{ severity: "error", message }]);
    expect(await mend("constraints")).toEqual(fine("constraints"));
  });

  it("does not mind a constraint under another name", async () => {
    const { host, look } = await openDoctored(ctx);
    await host.query("alter table wispy.devices rename constraint devices_user_id_fkey to renamed");
    expect(await look("constraints")).toEqual(fine("constraints"));
  });

  it("sees a column that keeps every insert of ours from passing", async () => {
    const { host, auth, look } = mended;
    await host.query("alter table wispy.users add column plan text not null");
    await expect(auth.users.create({ email: "a@example.com" })).rejects.toMatchObject({
      code: "database_error",
    });
    const [finding] = await look("extra-columns");
    expect(finding).toMatchObject({
      severity: "error",
      message: expect.stringContaining("every insert of ours into users fails"),
    });
    await host.query(finding!.fix!.split(", or ")[0]!);
    await auth.users.create({ email: "a@example.com" });
    expect(await look("extra-columns")).toMatchObject([{ severity: "info" }]);
  });

  it("tells that the ledger's summary was lost, and that migrate mends it", async () => {
    const { host, auth, look } = mended;
    await host.query("comment on table wispy.migrations is null");
    expect(await look("ledger-summary")).toMatchObject([
      {
        severity: "warning",
        message: expect.stringContaining("is gone"),
        fix: expect.stringContaining("migrate"),
      },
    ]);
    expect(await look("migrations-pending")).toEqual(fine("migrations-pending"));
    await auth.migrate();
    expect(await look("ledger-summary")).toEqual(fine("ledger-summary"));
  });
});
