import {
  AuthError,
  type Call,
  type ClientDetails,
  type ModuleContext,
  type RowOf,
  type Script,
  type Transaction,
} from "wispy-auth/module";
import { holdUser, insertRecord, listLastRecords } from "./consent-statements.ts";
import { requireInForce, type ConsentSettings } from "./consent-settings.ts";
import type { Consents, ConsentStatus } from "./consents-api.ts";

export type ConsentEnvironment = Pick<ModuleContext, "database" | "clock" | "newId" | "recordEvent"> & {
  readonly settings: ConsentSettings;
};

const unknownClient: ClientDetails = { ipAddress: null, userAgent: null };

/** What a user says to a document, for the `number`-th time. */
export interface Word {
  readonly document: string;
  readonly version: string;
  readonly number: number;
}

/** The rows and events of what a user says at one moment. */
export function recordsOf(
  { clock, newId, recordEvent }: ConsentEnvironment,
  said: {
    readonly userId: string;
    readonly accepted: boolean;
    readonly words: readonly Word[];
    readonly client: ClientDetails;
  },
): readonly Call<unknown>[] {
  const { userId, accepted, words, client } = said;
  const occurredAt = clock.now();
  const type = accepted ? "consents.accepted" : "consents.withdrawn";
  return words.flatMap(({ document, version, number }) => [
    insertRecord.with({
      id: newId(occurredAt),
      userId,
      document,
      number,
      version,
      accepted,
      occurredAt,
      ipAddress: client.ipAddress,
    }),
    recordEvent({ type, userId, occurredAt, client, data: { document, version } }),
  ]);
}

type LastRecord = RowOf<typeof listLastRecords>;

export async function accept(
  environment: ConsentEnvironment,
  { userId, versions, client = unknownClient }: Parameters<Consents["accept"]>[0],
): Promise<readonly ConsentStatus[]> {
  const { database, settings } = environment;
  requireInForce(settings, versions);
  await database.transaction(function* (tx) {
    const last = yield* holdLastRecords(tx, userId);
    const words = Object.entries(versions)
      .filter(([document, version]) => acceptedVersion(last.get(document)) !== version)
      .map(([document, version]) => ({ document, version, number: (last.get(document)?.number ?? 0) + 1 }));
    if (words.length === 0) return;
    yield* tx.all(recordsOf(environment, { userId, accepted: true, words, client }));
  });
  return listConsents(environment, userId);
}

export async function withdraw(
  environment: ConsentEnvironment,
  { userId, document, client = unknownClient }: Parameters<Consents["withdraw"]>[0],
): Promise<boolean> {
  const { database, settings } = environment;
  if (settings.documents.get(document)?.required === true) {
    throw new AuthError("consents.needed", { message: "There is no account without it: delete the account" });
  }
  return database.transaction(function* (tx) {
    const last = (yield* holdLastRecords(tx, userId)).get(document);
    if (last === undefined || !last.accepted) return false;
    const words = [{ document, version: last.version, number: last.number + 1 }];
    yield* tx.all(recordsOf(environment, { userId, accepted: false, words, client }));
    return true;
  });
}

export async function listConsents(
  { database, settings }: ConsentEnvironment,
  userId: string,
): Promise<readonly ConsentStatus[]> {
  const last = byDocument(isUuid(userId) ? await database.many(listLastRecords, { userId }) : []);
  return [...settings.documents.values()].map((document) => {
    const record = last.get(document.document);
    const version = acceptedVersion(record);
    const acceptedAt = record === undefined || version === null ? null : record.occurredAt;
    return { ...document, acceptedVersion: version, acceptedAt };
  });
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/** @throws AuthError `not_found` */
function* holdLastRecords(tx: Transaction, userId: string): Script<ReadonlyMap<string, LastRecord>> {
  const user = isUuid(userId) ? yield* tx.maybeOne(holdUser, { id: userId }) : null;
  if (user === null) throw new AuthError("not_found", { message: "There is no such user" });
  return byDocument(yield* tx.many(listLastRecords, { userId }));
}

function byDocument(records: readonly LastRecord[]): ReadonlyMap<string, LastRecord> {
  return new Map(records.map((record) => [record.document, record]));
}

function acceptedVersion(record: LastRecord | undefined): string | null {
  return record?.accepted === true ? record.version : null;
}
