import { guard, sql, type Fragment, type SqlNode } from "../../database/statements/fragment.ts";
import { insertInto, statement } from "../../database/statements/statement.ts";
import { aliased } from "../../database/statements/table.ts";
import { bytes, nullable, timestamp, uuid } from "../../database/statements/value-type.ts";
import { devices } from "./devices-table.ts";

export const insertDevice = statement({
  id: "device.insert",
  params: { id: uuid, userId: uuid, tokenHash: bytes, createdAt: timestamp, lastSeenAt: timestamp },
  sql: (p) => insertInto(devices, p),
});

export const touchDevice = statement({
  id: "device.touch",
  params: { id: uuid, lastSeenAt: timestamp },
  sql: (p) =>
    sql`update ${devices} set "last_seen_at" = ${p.lastSeenAt} where ${devices.id} = ${p.id}${guard}`,
});

const known = aliased(devices, "k");

/** Whether the mark that a browser presented is one of this user's. */
export function isKnownDevice(p: { readonly userId: SqlNode; readonly presentedHash: SqlNode }): Fragment {
  return sql`exists (select 1 from ${known} where ${known.userId} = ${p.userId} and ${known.tokenHash} = ${p.presentedHash})`;
}

/** Remembers a browser, unless the mark that it presented is one of this user's. */
export const insertUnknownDevice = statement({
  id: "device.insert_unknown",
  params: {
    id: uuid,
    userId: uuid,
    tokenHash: bytes,
    createdAt: timestamp,
    presentedHash: nullable(bytes),
  },
  sql: (p) =>
    sql`insert into ${devices} ("id", "user_id", "token_hash", "created_at", "last_seen_at")
      select ${p.id}, ${p.userId}, ${p.tokenHash}, ${p.createdAt}, ${p.createdAt}
      where not ${isKnownDevice(p)}${guard}`,
});

/** Notes a visit of a known browser, if its last one was noted before a moment. */
export const touchPresentedDevice = statement({
  id: "device.touch_presented",
  params: { userId: uuid, presentedHash: bytes, lastSeenAt: timestamp, unlessSince: timestamp },
  sql: (p) =>
    sql`update ${devices} set "last_seen_at" = ${p.lastSeenAt} where ${devices.userId} = ${p.userId}
      and ${devices.tokenHash} = ${p.presentedHash} and ${devices.lastSeenAt} <= ${p.unlessSince}${guard}`,
});

export const deleteDevicesOfUser = statement<{ userId: string }>({
  id: "device.delete_of_user",
  params: { userId: uuid },
  sql: (p) => sql`delete from ${devices} where ${devices.userId} = ${p.userId}${guard}`,
});
