import type { ClientDetails, PresentedDevice } from "../input/client-details.ts";
import type { EmailAddress } from "../input/email-address.ts";

/** One attempt, its input read. */
export interface SignInAttempt {
  readonly email: EmailAddress;
  readonly password: string;
  readonly client: ClientDetails;
  readonly device: PresentedDevice | null;
  /** The modules' own cookies, by the modules' names. */
  readonly cookies: Readonly<Record<string, string>>;
  readonly accountKey: string;
}
