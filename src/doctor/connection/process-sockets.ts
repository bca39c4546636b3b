import { readdir, readFile, readlink } from "node:fs/promises";

/**
 * The local ports of this process's TCP connections, in use or idle; `null` where the system does not tell (it is
 * Linux that does). Node itself lists no socket that was told not to keep the process alive, as a pool's idle ones are.
 */
export async function readLocalPorts(): Promise<ReadonlySet<number> | null> {
  const own = new Set((await readOpenFiles())?.flatMap((file) => /^socket:\[(\d+)\]$/.exec(file)?.[1] ?? []));
  if (own.size === 0) return null;
  const tables = await Promise.all(["tcp", "tcp6"].map(readTable));
  const ports = tables.flat().filter(({ inode }) => own.has(inode));
  return new Set(ports.map(({ port }) => port));
}

/** What this process has open, in the system's spelling; `null` where it does not tell. */
export async function readOpenFiles(): Promise<readonly string[] | null> {
  const folder = "/proc/self/fd";
  try {
    const descriptors = await readdir(folder);
    // One may be closed between the two looks.
    return await Promise.all(descriptors.map((name) => readlink(`${folder}/${name}`).catch(() => "")));
  } catch {
    return null;
  }
}

/** Lines such as `0: 0100007F:1F90 0100007F:1538 01 ... inode`; see proc_pid_net(5). */
async function readTable(
  name: string,
): Promise<readonly { readonly port: number; readonly inode: string }[]> {
  const text = await readFile(`/proc/self/net/${name}`, "utf8").catch(() => "");
  return text
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length > 9)
    .map((fields) => ({ port: Number.parseInt(fields[1]!.split(":")[1]!, 16), inode: fields[9]! }));
}
