import { isUuid } from "../../ids.ts";
import type { CoreEnvironment } from "../core-environment.ts";
import type { ResultMode, ResultOf, Runner } from "../runner.ts";
import type { Session } from "../session.ts";
import { listLiveSessions } from "./session-statements.ts";

/** A user's live sessions, latest first; none for an unknown user. */
export function listSessions<M extends ResultMode>(
  { clock }: CoreEnvironment,
  { userId, runner }: { readonly userId: string; readonly runner: Runner<M> },
): ResultOf<M, readonly Session[]> {
  return runner.many(() => (isUuid(userId) ? listLiveSessions.with({ userId, now: clock.now() }) : null));
}
