import { adoptInto } from "../../adopt/adopt.ts";
import type { AdoptReport } from "../../adopt/adopt-report.ts";
import type { AdoptFinding } from "../../adopt/finding.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Arguments } from "../parse-arguments.ts";
import type { Terminal } from "../terminal.ts";
import type { Command } from "./command.ts";

/** Takes over the accounts of the Go library, or shows what would happen. */
export const adopt: Command = async ({ given, configuration, terminal, open }) => {
  const { database, place } = await open();
  terminal.print(terminal.style("dim", place));
  const report = await adoptInto(database, {
    from: placeOf(given),
    modules: configuration.modules,
    apply: given.apply,
    strict: given.strict,
    events: given.events,
    withoutSecondFactor: given.withoutSecondFactor,
    onProgress: ({ phase, rows }) => terminal.showProgress(`  ${phase}: ${String(rows)} ...`),
  });
  printReport(report, terminal);
  terminal.print(closingLine(report, given));
  const heldBack = [report.accounts, ...report.rows].some((counts) => counts.heldBack > 0);
  const complete = !heldBack && report.applied === given.apply;
  return { exitCode: complete ? exitCodes.ok : exitCodes.heldBack, json: { ...report } };
};

const forReferrals =
  "to take them over, list referrals() under modules in wispy-auth.config.mjs, run wispy-auth migrate, and adopt again";

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
  const { accounts, rows, events, waiting, notTaken, findings, applied, source } = report;
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
  for (const { what, found, adoptedBefore, heldBack, leftBehind, ...counts } of rows) {
    list(capitalised(what), [
      `${String(found)} found: ${String(counts.adopted)} ${adopted}, ${String(adoptedBefore)} adopted before, ${String(heldBack)} held back, ${String(leftBehind)} left behind`,
    ]);
  }
  list("Security events", [
    `${String(events.adopted)} ${adopted}`,
    ...Object.entries(events.leftBehind).map(([type, count]) => `${String(count)} left behind: ${type}`),
  ]);
  list(
    "Waiting in the old tables",
    present([
      [waiting.referralCodes, `referral codes: ${forReferrals}`],
      [waiting.referralRelationships, `referrals: ${forReferrals}`],
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

function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function present(counted: readonly (readonly [number, string])[]): string[] {
  return counted.filter(([count]) => count > 0).map(([count, what]) => `${String(count)} ${what}`);
}

/** How an old account stands to the id that is named with it, where it is not what it became. */
const relations: Partial<Record<AdoptFinding["kind"], string>> = {
  address_taken: "in the way",
  address_shared: "would be",
};

function printFinding(finding: AdoptFinding, terminal: Terminal): void {
  const { kind, table, oldId, userId, otherOldIds, heldBack, message, whatToDo } = finding;
  const about = [
    `old ${table === "users" ? "account" : `row of ${table}`} ${String(oldId)}`,
    ...(userId === null ? [] : [`${relations[kind] ?? "here"} ${userId}`]),
    ...(otherOldIds.length === 0 ? [] : [`others ${otherOldIds.join(", ")}`]),
  ];
  const style = heldBack ? "red" : "yellow";
  terminal.print(`${terminal.style(style, heldBack ? `held back ${kind}` : kind)} ${about.join(", ")}`);
  terminal.print(`  ${message}. ${whatToDo}`);
}
