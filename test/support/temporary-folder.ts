import { chmod, chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServiceUser } from "./service-user.ts";

export interface TemporaryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** A new empty folder, readable by its owner alone: `owner` if one is given. */
export async function createTemporaryFolder(name: string, owner: ServiceUser = {}): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), `wispy-${name}-`));
  await chmod(path, 0o700);
  if (owner.uid !== undefined && owner.gid !== undefined) await chown(path, owner.uid, owner.gid);
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}
