import { measureFootprint } from "../measurements/footprint.mjs";
import { measureHeldConnections } from "../measurements/held-connections.mjs";
import { measureRoundTrips } from "../measurements/round-trips.mjs";
import { measureThroughput } from "../measurements/throughput.mjs";
import { measureTypeCost } from "../measurements/type-cost.mjs";
import { figureOf, isMet } from "../support/report.mjs";

/** Shorter than `npm run bench`: enough to say which side of a target a figure is on. */
const SHORT = { seconds: 1, repeats: 3 };

/** The claims that are a figure of the benchmark. */
export const measuredClaims = [
  measured(4, "no connection is held while a password is hashed", (server) =>
    measureHeldConnections(server, SHORT),
  ),
  measured(
    6,
    "round trips: session check 1, sign-in 2, sign-up 2, sign-out 1, OAuth callback 3",
    measureRoundTrips,
  ),
  measured(7, "a session check through the HTTP handler is 4 times as fast", (server) =>
    measureThroughput(server, { ...SHORT, only: ["session check over HTTP"], callers: [10] }),
  ),
  measured(21, "types of 12 modules cost a host under 20,000 instantiations", measureTypeCost),
  measured(22, "imported in 60 ms, 40 KB of code", () => measureFootprint(SHORT)),
];

/** @returns {import("./scene.mjs").Claim} */
function measured(number, text, measure) {
  return {
    number,
    text,
    async both(server) {
      const findings = await measure(server);
      return { ours: observation(findings, "wispy-auth"), theirs: observation(findings, "better-auth") };
    },
  };
}

function observation(findings, subject) {
  const shown = findings.filter(({ figures }) => subject in figures);
  const asked = shown.filter(({ target }) => target !== undefined);
  return {
    held: asked.length > 0 && asked.every((finding) => isMet(finding, subject)),
    saw: shown.map((finding) => `${finding.measure.trim()}: ${figureOf(finding, subject)}`).join("; "),
  };
}
