import { adoptInto } from "../../adopt/adopt.ts";
import type { AdoptReport } from "../../adopt/adopt-report.ts";
import type { AdoptFinding, AdoptFindingKind } from "../../adopt/finding.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Arguments } from "../parse-arguments.ts";
import type { Terminal } from "../terminal.ts";
import type { Command } from "./command.ts";

/** Takes over the accounts of the Go library, or shows what would happen. */
export const adopt: Command = async ({ given, terminal, open }) => {
  const { database, place } = await open();
  terminal.print(terminal.style("dim", place));
  const report = await adoptInto(database, {
    from: placeOf(given),
    apply: given.apply,
    strict: given.strict,
    events: given.events,
    withoutSecondFactor: given.withoutSecondFactor,
    onProgress: ({ phase, rows }) => terminal.showProgress(`  ${phase}: ${String(rows)} ...`),
  });
  printReport(report, terminal);
  terminal.print(closingLine(report, given));
  const complete = report.accounts.heldBack === 0 && report.applied === given.apply;
  return { exitCode: complete ? exitCodes.ok : exitCodes.heldBack, json: { ...report } };
};

function placeOf({ fromSchema, fromPrefix }: Arguments) {
  return {
    ...(fromSchema !== undefined && { schema: fromSchema }),
    ...(fromPrefix !== undefined && { prefix: fromPrefix }),
  };
}

function closingLine({ applied }: AdoptReport, { apply }: Arguments): string {
  if (applied) return "Done. The old tables are as they were; the table adopted_users says who became who";
  return apply
    ? "Nothing was written: --strict asks for an empty list"
    : "Nothing was written: this was a dry run, --apply does it";
}

function printReport(report: AdoptReport, terminal: Terminal): void {
  const { accounts, events, waiting, notTaken, findings, applied, source } = report;
  const list = (title: string, lines: readonly string[]): void => {
    if (lines.length === 0) return;
    terminal.print(title);
    for (const line of lines) terminal.print(`  ${line}`);
  };
  const adopted = applied ? "adopted" : "to adopt";
  list(`Accounts in ${source}`, [
    `${String(accounts.found)} found: ${String(accounts.adopted)} ${adopted}, ${String(accounts.adoptedBefore)} adopted before, ${String(accounts.heldBack)} held back`,
    `of those ${adopted}: ${String(accounts.withPassword)} with a password, ${String(accounts.verified)} verified, ${String(accounts.disabled)} disabled, ${String(accounts.locked)} locked at this moment`,
  ]);
  list("Security events", [
    `${String(events.adopted)} ${adopted}`,
    ...Object.entries(events.leftBehind).map(([type, count]) => `${String(count)} left behind: ${type}`),
  ]);
  list(
    "Waiting in the old tables",
    present([
      [waiting.referralCodes, "referral codes, for the referrals module"],
      [waiting.referralRelationships, "referrals, for the referrals module"],
      [
        waiting.identities,
        "identities at OAuth providers, for the OAuth module: until then no sign-in by them",
      ],
      [waiting.secondFactors, "second factors, for the two-factor module"],
      [waiting.usernames, "user names"],
      [waiting.avatars, "avatars"],
    ]),
  );
  list(
    "Not taken over",
    present([
      [notTaken.sessions, "sessions: their users sign in again"],
      [notTaken.oauthStates, "OAuth sign-ins under way"],
    ]),
  );
  for (const finding of findings) printFinding(finding, terminal);
}

function present(counted: readonly (readonly [number, string])[]): string[] {
  return counted.filter(([count]) => count > 0).map(([count, what]) => `${String(count)} ${what}`);
}

/** How an old account stands to the id that is named with it, where it is not what it became. */
const relations: Partial<Record<AdoptFindingKind, string>> = {
  address_taken: "in the way",
  address_shared: "would be",
};

function printFinding(finding: AdoptFinding, terminal: Terminal): void {
  const { kind, oldId, userId, otherOldIds, heldBack, message, whatToDo } = finding;
  const about = [
    `old account ${String(oldId)}`,
    ...(userId === null ? [] : [`${relations[kind] ?? "here"} ${userId}`]),
    ...(otherOldIds.length === 0 ? [] : [`others ${otherOldIds.join(", ")}`]),
  ];
  const style = heldBack ? "red" : "yellow";
  terminal.print(`${terminal.style(style, heldBack ? `held back ${kind}` : kind)} ${about.join(", ")}`);
  terminal.print(`  ${message}. ${whatToDo}`);
}
