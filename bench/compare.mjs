import { parseArgs } from "node:util";
import { prepare } from "./prepare.mjs";

const HELP = `npm run compare -- [options]

Tries what wispy-auth claims, on wispy-auth and on better-auth, and prints what each did.

  --only <numbers>   some of the claims, e.g. 1,5,17
  --json             as JSON
  --no-build         tries the dist folder as it is
`;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
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
const { claims } = await import("./claims/all.mjs");
const { startPostgresServer } = await import("./support/postgres-server.mjs");

const only = values.only?.split(",").map(Number);
const chosen = claims.filter(({ number }) => only === undefined || only.includes(number));
const results = [];
const server = await startPostgresServer();
try {
  for (const claim of chosen) {
    const { number, text } = claim;
    const observed = claim.both
      ? await claim.both(server)
      : { ours: await observation(claim.ours), theirs: await observation(claim.theirs) };
    results.push({ number, text, ...observed });
    if (!values.json) process.stdout.write(lines(results.at(-1)));
  }
} finally {
  await server.stop();
}

const held = results.filter(({ ours }) => ours.held).length;
const heldByTheirs = results.filter(({ theirs }) => theirs.held).length;
process.stdout.write(
  values.json
    ? `${JSON.stringify(results, null, 2)}\n`
    : `\nOf ${results.length} claims wispy-auth holds ${held}, better-auth ${heldByTheirs}.\n`,
);
process.exitCode = held === results.length ? 0 : 1;

/** What a library did; an error that the scene did not expect is an answer too. */
async function observation(observe) {
  try {
    return await observe(server);
  } catch (error) {
    return { held: false, saw: `failed: ${String(error.message).split("\n")[0]}` };
  }
}

function lines({ number, text, ours, theirs }) {
  const line = (name, { held: holds, saw }) => `    ${name.padEnd(11)}  ${holds ? "yes" : "no "}  ${saw}\n`;
  return `\n${String(number).padStart(2)}  ${text}\n${line("wispy-auth", ours)}${line("better-auth", theirs)}`;
}
