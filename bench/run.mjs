import { parseArgs } from "node:util";
import { prepare } from "./prepare.mjs";

const HELP = `npm run bench -- [options]

Measures wispy-auth beside better-auth and a bare driver, on a PostgreSQL of its own.

  --only <names>     some of: throughput, statement-safety, session-table-size, referral-table-size,
                       referral-sign-up, start-up, round-trips, held-connections, sign-in-timing, mailed-timing,
                       type-cost, footprint
  --seconds <n>      length of one run (default 1)
  --repeats <n>      runs of each subject, of which the median counts (default 7)
  --users <n>        users of referral-table-size, for a quicker run (default 1000000)
  --json             the figures as JSON
  --no-build         measures the dist folder as it is
`;

const { values } = parseArgs({
  options: {
    only: {
      type: "string",
      default:
        "throughput,statement-safety,session-table-size,referral-table-size,referral-sign-up,start-up,round-trips,held-connections,sign-in-timing,mailed-timing,type-cost,footprint",
    },
    seconds: { type: "string", default: "1" },
    repeats: { type: "string", default: "7" },
    users: { type: "string", default: "1000000" },
    json: { type: "boolean", default: false },
    "no-build": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

prepare({ build: !values["no-build"] });

// Only now, because they import what `prepare` may just have installed or built.
const { measurements } = await import("./measurements/all.mjs");
const { startPostgresServer } = await import("./support/postgres-server.mjs");
const { isMet, section } = await import("./support/report.mjs");

const chosen = values.only.split(",");
const unknown = chosen.filter((name) => !Object.hasOwn(measurements, name));
if (unknown.length > 0) {
  process.stderr.write(`Unknown measurement: ${unknown.join(", ")}\n\n${HELP}`);
  process.exit(2);
}
const options = {
  seconds: Number(values.seconds),
  repeats: Number(values.repeats),
  users: Number(values.users),
};
const results = {};
const server = await startPostgresServer();
try {
  for (const name of chosen) {
    const { title, measure } = measurements[name];
    results[name] = await measure(server, options);
    if (!values.json) process.stdout.write(section(title, results[name]));
  }
} finally {
  await server.stop();
}

if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
const missed = Object.values(results)
  .flat()
  .filter((finding) => !isMet(finding));
if (!values.json)
  process.stdout.write(missed.length === 0 ? "\nEvery target met.\n" : `\n${missed.length} missed.\n`);
process.exitCode = missed.length === 0 ? 0 : 1;
