import { addSeconds } from "../../clock.ts";
import { AuthError } from "../../errors.ts";
import type { CoreEnvironment } from "../core-environment.ts";

/** @throws AuthError `session_not_fresh` if the user proved who they are too long ago for something that matters. */
export function assertFresh(
  { clock, session }: Pick<CoreEnvironment, "clock" | "session">,
  authenticatedAt: Date,
): void {
  if (authenticatedAt > addSeconds(clock.now(), -session.freshnessSeconds)) return;
  throw new AuthError("session_not_fresh", { message: "Prove again who you are to do this" });
}
