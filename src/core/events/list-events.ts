import type { Call } from "../../database/statements/statement.ts";
import { isUuid } from "../../ids.ts";
import { parseLimit } from "../input/page-limit.ts";
import type { ResultMode, ResultOf, Runner } from "../runner.ts";
import type { SecurityEvent } from "../security-event.ts";
import { listEventsOfUser } from "./event-statements.ts";

const defaultPageSize = 50;

/** A user's latest events, newest first; also those of a user who is gone. @throws AuthError `invalid_input` */
export function listEvents<M extends ResultMode>(
  runner: Runner<M>,
  { userId, limit }: { readonly userId: string; readonly limit: number | undefined },
): ResultOf<M, readonly SecurityEvent[]> {
  return runner.many(() => {
    const page = parseLimit(limit, defaultPageSize);
    return isUuid(userId) ? (listEventsOfUser.with({ userId, limit: page }) as Call<SecurityEvent>) : null;
  });
}
