import type { ClientDetails, TransactionScript } from "../../module.ts";
import { deleteIdentitiesOfUser, deleteUnprovenIdentities } from "./identity-statements.ts";
import { unlinked } from "./link-identity.ts";
import type { OAuthEnvironment } from "./oauth-environment.ts";

interface Losing {
  readonly userId: string;
  readonly client: ClientDetails;
}

/**
 * Takes away the links that prove nothing of an account whose address nobody has proved, when its password is replaced:
 * who does that by a mailed link owns the address, and whoever came by such a link need not.
 */
export function dropUnproven(environment: OAuthEnvironment, losing: Losing): TransactionScript<void> {
  return dropLinks(environment, { ...losing, statement: deleteUnprovenIdentities });
}

/** Takes away every link of an account that goes to another owner. */
export function dropAll(environment: OAuthEnvironment, losing: Losing): TransactionScript<void> {
  return dropLinks(environment, { ...losing, statement: deleteIdentitiesOfUser });
}

function dropLinks(
  environment: OAuthEnvironment,
  { statement, userId, client }: Losing & { readonly statement: typeof deleteIdentitiesOfUser },
): TransactionScript<void> {
  return function* (tx) {
    for (const { provider } of yield* tx.many(statement, { userId })) {
      yield* tx.all([unlinked(environment, { provider, userId, client })]);
    }
  };
}
