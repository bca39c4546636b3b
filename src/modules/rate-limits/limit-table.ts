import { table, text, timestamp } from "../../module.ts";

/** How far each caller has used up what it may do: one moment a row, see `takeTurn`. */
export const limitsTable = table("rate_limits", {
  /** Digest of the action and of whom it is counted for: no addresses of anybody. */
  key: text,
  /** When the caller will have everything again. In the past for a row that is of no use any more. */
  fullAt: timestamp,
});
