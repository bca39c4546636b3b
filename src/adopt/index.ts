export { adopt } from "./adopt.ts";
export type { AdoptOptions, AdoptSettings } from "./adopt.ts";
export type { AdoptReport } from "./adopt-report.ts";
export type { AdoptProgress } from "./adoption.ts";
export type { EventCounts } from "./carry-events.ts";
export type { AdoptFinding, AdoptFindingKind, ModuleFindingKind } from "./finding.ts";
export type { OldPlace } from "./old/old-tables.ts";
export type { RowCounts } from "./rows/row-tally.ts";
export type { AccountCounts } from "./tally.ts";
