import { ok, type Check } from "../check.ts";
import { lookUp } from "../look-up.ts";

/** NTP keeps machines within a few hundredths of a second; five seconds are no jitter any more. */
const toleratedMilliseconds = 5_000;

export const clockSkew: Check = {
  id: "clock",
  title: "Whether this process and the server agree about the time",
  dialects: ["postgres"],
  async run({ database, settings: { clock } }) {
    const sent = clock.now().getTime();
    const [row] = await lookUp<{ readonly now: number }>(
      database,
      "select extract(epoch from clock_timestamp()) * 1000 as now",
    );
    const answered = clock.now().getTime();
    // The server looked at its clock somewhere between the two: only what lies outside is known to be skew.
    const [behind, ahead] = [row!.now - answered, sent - row!.now];
    const skew = Math.max(behind, ahead);
    if (skew <= toleratedMilliseconds) return ok("This process and the server agree about the time");
    return [
      {
        severity: "warning",
        message: `This process's clock is ${(skew / 1000).toFixed(0)} s ${ahead > behind ? "ahead of" : "behind"} the server's`,
        fix: "Keep both machines on NTP: sessions and locks end by the application's clock, on which its processes must agree",
        data: { skewMilliseconds: Math.round(ahead > behind ? ahead : -behind) },
      },
    ];
  },
};
