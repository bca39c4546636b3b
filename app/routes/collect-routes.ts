import type { MemoryTransport } from "wispy-auth/mail";

import type { Notes } from "../notes/notes.ts";
import type { AppAuth } from "../open-auth.ts";
import type { ProviderName } from "../providers.ts";
import type { SignUp } from "../sign-up.ts";
import type { Routes } from "../web/visit.ts";
import { accountRoutes } from "./account-routes.ts";
import { confirmRoutes } from "./confirm-routes.ts";
import { devMailRoutes } from "./dev-mail-routes.ts";
import { emailRoutes } from "./email-routes.ts";
import { inviteRoutes } from "./invite-routes.ts";
import { leaderboardRoutes } from "./leaderboard-routes.ts";
import { noteRoutes } from "./note-routes.ts";
import { passwordResetRoutes } from "./password-reset-routes.ts";
import { providerRoutes } from "./provider-routes.ts";
import { secondStepRoutes } from "./second-step-routes.ts";
import { signInRoutes } from "./sign-in-routes.ts";
import { signUpRoutes } from "./sign-up-routes.ts";
import { twoFactorRoutes } from "./two-factor-routes.ts";

export interface Services {
  readonly auth: AppAuth;
  readonly notes: Notes;
  readonly signUp: SignUp;
  /** Mails that nobody gets but the developer; null where they really go out. */
  readonly inbox: MemoryTransport | null;
  readonly providers: readonly ProviderName[];
}

/** Every page and form of the application: one file for each topic. */
export function collectRoutes({ auth, notes, signUp, inbox, providers }: Services): Routes {
  const mails = { hasInbox: inbox !== null };
  return {
    ...signUpRoutes(auth, { signUp, providers }),
    ...signInRoutes(auth, providers),
    ...secondStepRoutes(auth, mails),
    ...noteRoutes(auth, notes),
    ...inviteRoutes(auth),
    ...leaderboardRoutes(auth),
    ...accountRoutes(auth, providers),
    ...confirmRoutes(auth),
    ...emailRoutes(auth),
    ...twoFactorRoutes(auth, mails),
    ...providerRoutes(auth, providers),
    ...passwordResetRoutes(auth, mails),
    ...(inbox === null ? {} : devMailRoutes(inbox)),
  };
}
