import { AuthError } from "../../errors.ts";
import type { TransactionScript } from "../../database/script.ts";
import type { SignUpDraft, SignUpPart } from "../hooks.ts";
import type { User } from "../user.ts";

/** Everything a sign-up writes, made before a connection is taken; running it again writes the same rows. */
export interface SignUpRecord {
  readonly userId: string;
  readonly sessionId: string;
  readonly deviceId: string;
  readonly eventId: string;
  readonly draft: SignUpDraft;
  /** True if it was proved that the address is theirs. */
  readonly emailVerified: boolean;
  /** What it was proved by who they are; a password that they chose proves nothing yet. */
  readonly method: string;
  /** `null` for an account that is not signed in to with a password. */
  readonly passwordHash: string | null;
  readonly token: string;
  readonly tokenHash: Uint8Array;
  readonly deviceToken: string;
  readonly deviceTokenHash: Uint8Array;
  /** What the module that makes the account does in the same transaction, before the others. */
  readonly script: ((user: User) => TransactionScript<void>) | null;
  /** What others do in the same transaction. */
  readonly parts: readonly SignUpPart[];
}

let readRecord: (prepared: PreparedSignUp) => SignUpRecord | undefined;

/**
 * A sign-up that was validated and hashed, made by `prepareSignUp` and taken by `signUp`. Opaque. It stands
 * for one account: used twice, it gives the same account and session again.
 */
export class PreparedSignUp<Answers = unknown> {
  /** Never set: carries the type of what modules will answer. */
  declare readonly answers_?: Answers;
  readonly #record: SignUpRecord;

  constructor(record: SignUpRecord) {
    this.#record = record;
  }

  static {
    readRecord = (prepared) => (#record in prepared ? prepared.#record : undefined);
  }
}

/** True for what `prepareSignUp` made. */
export function isPreparedSignUp(value: unknown): value is PreparedSignUp {
  return value instanceof PreparedSignUp && readRecord(value) !== undefined;
}

/**
 * The rows to write.
 * @throws AuthError `invalid_input` for anything that `prepareSignUp` did not make: hashing cannot be made up for here.
 */
export function readPreparedSignUp(prepared: PreparedSignUp): SignUpRecord {
  const record = isPreparedSignUp(prepared) ? readRecord(prepared) : undefined;
  if (record) return record;
  throw new AuthError("invalid_input", {
    message: "Prepare the sign-up before the transaction begins: signUp takes what prepareSignUp returned",
    data: { issues: [{ path: "", message: "Must be a prepared sign-up" }] },
  });
}
