import type { AccountFigures } from "./account-checks.ts";
import type { SoakFigures } from "./figures.ts";

/** What each of these must be: nothing. */
const mustBeNone: Readonly<Partial<Record<keyof AccountFigures, string>>> = {
  closed: "accounts that cannot be signed in to",
  lost: "sign-ups that were reported and are not there",
  halfMade: "half-made accounts",
  withoutUser: "rows without their user",
  undoneThere: "sign-ups that were undone and are there",
  fromNowhere: "users nobody signed up",
  partedFromHost: "users or members without the other, of one transaction",
};

/** Why the soak failed; [] if it passed. */
export function findFailures(figures: SoakFigures): readonly string[] {
  const { unexcused, wrong, connections, accounts, calls, processes } = figures;
  const failures = unexcused.map(
    ({ kind, code, begunAt, text }) => `${kind}: ${code} at ${new Date(begunAt).toISOString()} (${text})`,
  );
  failures.push(...wrong.slice(0, 20).map((answer) => `wrong answer: ${answer}`));
  for (const [place, { most, limit }] of Object.entries({
    "at the server": connections.atServer,
    "of a process": connections.ofProcess,
  })) {
    if (most > limit) failures.push(`${most} connections ${place}, where ${limit} are allowed`);
  }
  for (const [name, text] of Object.entries(mustBeNone)) {
    const n = accounts[name as keyof AccountFigures];
    if (n > 0) failures.push(`${n} ${text}`);
  }
  for (const { process, logged } of processes) {
    const { statements_unnamed: _, ...others } = logged;
    for (const [event, n] of Object.entries(others))
      failures.push(`process ${process} logged ${event} ${n}x`);
  }
  if (calls.length === 0 || accounts.reported === 0) failures.push("nothing was done");
  return failures;
}
