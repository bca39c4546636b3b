import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("./migrate.mjs", import.meta.url));

/**
 * Starts a process that can bring databases up to date, one after the other.
 *
 * @param {"wispy-auth" | "better-auth"} library
 * @returns {Promise<Child>}
 *
 * @typedef {object} Child
 * @property {(url: string) => Promise<void>} connect Opens a connection and no more.
 * @property {() => Promise<{ ok: boolean, message?: string }>} migrate Uses it, and closes it.
 * @property {() => void} kill As `kill -9` does.
 * @property {() => void} end
 */
export async function startChild(library) {
  const child = fork(PROGRAM, [library], { stdio: "ignore" });
  const exited = once(child, "exit").then(() => [{ ok: false, message: "killed" }]);
  async function ask(message) {
    const answered = once(child, "message");
    child.send(message);
    const [answer] = await Promise.race([answered, exited]);
    return answer;
  }
  await once(child, "message");
  return {
    connect: (url) => ask({ connect: url }),
    migrate: () => ask("migrate"),
    kill: () => child.kill("SIGKILL"),
    end: () => child.connected && child.disconnect(),
  };
}
