import { AuthError } from "../errors.ts";

let readHash: (prepared: PreparedPassword) => string;

/**
 * A password that was checked and hashed before a transaction was opened, made by `preparePassword`. Opaque:
 * only its type matters to the caller.
 */
export class PreparedPassword {
  readonly #hash: string;

  constructor(hash: string) {
    this.#hash = hash;
  }

  static {
    readHash = (prepared) => prepared.#hash;
  }
}

/**
 * The hash inside.
 * @throws AuthError `invalid_input` for anything that `preparePassword` did not make: hashing cannot be made up for here.
 */
export function readPreparedPassword(prepared: PreparedPassword): string {
  if (prepared instanceof PreparedPassword) return readHash(prepared);
  throw new AuthError("invalid_input", {
    message: "Prepare the password before the transaction begins, with preparePassword",
    data: { issues: [{ path: "password", message: "Must be a prepared password" }] },
  });
}
