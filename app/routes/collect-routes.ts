import type { Notes } from "../notes/notes.ts";
import type { AppAuth } from "../open-auth.ts";
import type { SignUp } from "../sign-up.ts";
import type { Routes } from "../web/visit.ts";
import { accountRoutes } from "./account-routes.ts";
import { inviteRoutes } from "./invite-routes.ts";
import { leaderboardRoutes } from "./leaderboard-routes.ts";
import { noteRoutes } from "./note-routes.ts";
import { signInRoutes } from "./sign-in-routes.ts";
import { signUpRoutes } from "./sign-up-routes.ts";

export interface Services {
  readonly auth: AppAuth;
  readonly notes: Notes;
  readonly signUp: SignUp;
}

/** Every page and form of the application: one file for each topic. */
export function collectRoutes({ auth, notes, signUp }: Services): Routes {
  return {
    ...signUpRoutes(auth, signUp),
    ...signInRoutes(auth),
    ...noteRoutes(auth, notes),
    ...inviteRoutes(auth),
    ...leaderboardRoutes(auth),
    ...accountRoutes(auth),
  };
}
