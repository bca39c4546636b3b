import { startChild } from "./children/start-child.mjs";

const PROCESSES = 32;
const ROUNDS = 5;

/** @type {import("./scene.mjs").Claim} */
export const coldStartTogether = {
  number: 9,
  text: `${PROCESSES} processes at once bring an empty database up to date`,
  ours: (server) => observe(server, "wispy-auth"),
  theirs: (server) => observe(server, "better-auth"),
};

async function observe(server, library) {
  const children = [];
  // Two at a time: only the migrations are to run at once, not the imports.
  while (children.length < PROCESSES) {
    children.push(...(await Promise.all([startChild(library), startChild(library)])));
  }
  const failures = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const url = await server.createDatabase("claim_09");
    await Promise.all(children.map((child) => child.connect(url)));
    const reports = await Promise.all(children.map((child) => child.migrate()));
    failures.push(...reports.filter(({ ok }) => !ok));
  }
  for (const child of children) child.end();
  const example = failures.length > 0 ? `, e.g. ${failures[0].message.slice(0, 70)}` : "";
  return { held: failures.length === 0, saw: `${failures.length} of ${PROCESSES * ROUNDS} failed${example}` };
}
