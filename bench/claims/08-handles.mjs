import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { openHandles } from "../support/handles.mjs";
import { findNodeWithSqlite } from "../support/node-with-sqlite.mjs";
import { tryHandle } from "./try-handle.mjs";

const NODE_SQLITE = fileURLToPath(new URL("./children/node-sqlite.mjs", import.meta.url));

/**
 * What an application has already is handed over as it is. Where better-auth does not take it, it gets a Kysely
 * dialect on it, as its documentation has it for other databases, with its defaults.
 *
 * @type {import("./scene.mjs").Claim}
 */
export const handles = {
  number: 8,
  text: "whatever handle the application has is taken, and a sign-up that fails half-way leaves nothing on any",
  ours: (server) => observe(server, "wispy-auth"),
  theirs: (server) => observe(server, "better-auth"),
};

async function observe(server, library) {
  const seen = {};
  for (const [name, open] of Object.entries(openHandles)) {
    const opened = await open(await server.createDatabase("claim_08"));
    try {
      seen[name] = await tryHandle(library, opened);
    } finally {
      await opened.close();
    }
  }
  const node = findNodeWithSqlite();
  if (node !== null) seen["node:sqlite"] = tryNodeSqlite(node, library);
  const held = Object.values(seen).every(({ handle, undone }) => handle === "taken" && undone);
  return { held, saw: words(seen) };
}

function tryNodeSqlite(node, library) {
  const { stdout, stderr } = spawnSync(node, [NODE_SQLITE, library], { encoding: "utf8" });
  if (stdout === "") throw new Error(`node:sqlite could not be tried: ${stderr}`);
  return JSON.parse(stdout);
}

function words(seen) {
  const names = (wanted) =>
    Object.keys(seen)
      .filter((name) => wanted(seen[name]))
      .join(", ") || "none";
  return [
    `taken: ${names(({ handle }) => handle === "taken")}`,
    `by a Kysely dialect alone: ${names(({ handle }) => handle === "by a dialect")}`,
    `refused: ${names(({ handle }) => handle === "refused")}`,
    `user left by a failed sign-up: ${names(({ handle, undone }) => handle !== "refused" && !undone)}`,
    ...(seen["node:sqlite"] ? [] : ["node:sqlite: not in this Node.js"]),
  ].join("; ");
}
