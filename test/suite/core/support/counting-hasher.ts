import type { PasswordHasher } from "../../../../src/crypto/password-hasher.ts";
import { cheapHasher } from "../../../support/create-test-auth.ts";

export interface CountingHasher extends PasswordHasher {
  /** Verifications against a stored hash; those that only take time do not count. */
  readonly verified: () => number;
  /** All verifications, stand-ins included. */
  readonly worked: () => number;
}

/** The cheap hasher, counting. */
export function countingHasher(): CountingHasher {
  let verified = 0;
  let worked = 0;
  return {
    hash: (password) => cheapHasher.hash(password),
    verify: (hash, password) => {
      worked += 1;
      if (hash !== null) verified += 1;
      return cheapHasher.verify(hash, password);
    },
    verified: () => verified,
    worked: () => worked,
  };
}
