// package-lock.json works on every platform and names no registry. npm leaves out the packages of other platforms
// when it cannot see them at that moment, and `npm ci` then refuses the file everywhere; `--fix` puts them back.
import { readFileSync, writeFileSync } from "node:fs";

/**
 * @typedef {object} Locked
 * @property {string} [version]
 * @property {string} [resolved]
 * @property {string} [license]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {boolean} [dev]
 * @property {boolean} [optional]
 * @property {readonly string[]} [os]
 * @property {readonly string[]} [cpu]
 * @property {readonly string[]} [libc]
 * @property {Record<string, string>} [engines]
 */

const path = "package-lock.json";
/** @type {{ packages: Record<string, Locked> }} */
const lockfile = JSON.parse(readFileSync(path, "utf8"));
const { packages } = lockfile;

/** @type {Record<string, Locked>} */
const missing = {};
for (const [key, parent] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const present = packages[`${key}/node_modules/${name}`] ?? packages[`node_modules/${name}`];
    if (present === undefined) missing[`node_modules/${name}`] = describe(name, { version, parent });
  }
}
const withHost = Object.entries(packages).filter(([, locked]) => /^https?:/.test(locked.resolved ?? ""));

/**
 * An entry as npm writes it, but for the checksum; the platform is read from the name (`…-linux-arm64-musl`).
 * @type {(name: string, of: { version: string, parent: Locked }) => Locked}
 */
function describe(name, { version, parent }) {
  const platform = /(android|darwin|freebsd|linux|openharmony|win32)-([a-z0-9]+)(?:-(gnu|musl))?/.exec(name);
  if (platform === null)
    throw new Error(`${path}: ${name} is missing, and its name does not tell its platform`);
  const [, os = "", cpu = "", libc] = platform;
  return {
    version,
    cpu: [cpu],
    ...(parent.dev === true ? { dev: true } : {}),
    ...(libc !== undefined && cpu !== "arm" ? { libc: [libc === "gnu" ? "glibc" : "musl"] } : {}),
    ...(parent.license === undefined ? {} : { license: parent.license }),
    optional: true,
    os: [os],
    ...(parent.engines === undefined ? {} : { engines: parent.engines }),
  };
}

if (process.argv.includes("--fix")) {
  const all = Object.entries({ ...packages, ...missing }).sort(([a], [b]) => a.localeCompare(b, "en"));
  lockfile.packages = Object.fromEntries(all);
  for (const [, locked] of withHost) delete locked.resolved;
  writeFileSync(path, `${JSON.stringify(lockfile, null, 2)}\n`);
  console.log(`${path}: added ${Object.keys(missing).length} packages, removed ${withHost.length} addresses`);
} else {
  for (const key of Object.keys(missing))
    console.log(`${path}: ${key} is missing (node scripts/check-lockfile.mjs --fix)`);
  for (const [key] of withHost) console.log(`${path}: ${key} names a registry`);
  process.exitCode = withHost.length + Object.keys(missing).length === 0 ? 0 : 1;
}
