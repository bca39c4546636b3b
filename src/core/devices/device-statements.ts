import { guard, sql } from "../../database/statements/fragment.ts";
import { insertInto, statement } from "../../database/statements/statement.ts";
import { bytes, timestamp, uuid } from "../../database/statements/value-type.ts";
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

export const deleteDevicesOfUser = statement<{ userId: string }>({
  id: "device.delete_of_user",
  params: { userId: uuid },
  sql: (p) => sql`delete from ${devices} where ${devices.userId} = ${p.userId}${guard}`,
});
