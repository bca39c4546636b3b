import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The files below a folder whose names end in `suffix`, with their text; [] if there is no such folder.
 * @param {string} folder
 * @param {string} suffix
 * @returns {{ path: string, text: string }[]}
 */
export function readSourceFiles(folder, suffix) {
  return list(folder)
    .filter((path) => path.endsWith(suffix))
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));
}

/** @type {(folder: string) => string[]} */
function list(folder) {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/**
 * Source text with its comments blanked, line numbers kept.
 * @param {string} text
 */
export function withoutComments(text) {
  const blank = (/** @type {string} */ comment) => comment.replaceAll(/[^\n]/g, " ");
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, blank).replaceAll(/(?<=^|[\s;{}(),])\/\/[^\n]*/g, blank);
}
