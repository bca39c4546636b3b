import type { ClientDetails, TransactionScript } from "../../module.ts";
import { deleteUnprovenIdentities } from "./identity-statements.ts";
import { unlinked } from "./link-identity.ts";
import type { OAuthEnvironment } from "./oauth-environment.ts";

/**
 * Takes away the links that prove nothing of an account whose address nobody has proved, when its password is replaced:
 * who does that by a mailed link owns the address, and whoever came by such a link need not.
 */
export function dropUnproven(
  environment: OAuthEnvironment,
  { userId, client }: { readonly userId: string; readonly client: ClientDetails },
): TransactionScript<void> {
  return function* (tx) {
    for (const { provider } of yield* tx.many(deleteUnprovenIdentities, { userId })) {
      yield* tx.all([unlinked(environment, { provider, userId, client })]);
    }
  };
}
