import { spawn, type ChildProcess } from "node:child_process";
import type { ServiceUser } from "./service-user.ts";

export interface ServiceCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly user: ServiceUser;
  /** Printed on stderr when the service can be used. */
  readonly readyMessage: string;
  /** Removed with the process if this process dies without stopping it. */
  readonly folder: string;
  readonly env?: NodeJS.ProcessEnv;
}

export interface ServiceProcess {
  readonly pid: number;
  /** All it has printed. */
  log(): string;
  /** Sends the signal and waits for the end; at once if it has ended. */
  stop(signal: NodeJS.Signals): Promise<void>;
}

/** Starts a server and waits until it says that it is ready. */
export async function startServiceProcess(command: ServiceCommand): Promise<ServiceProcess> {
  const child = spawn(command.file, command.args, {
    ...command.user,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, LC_ALL: "C", ...command.env },
  });
  let log = "";
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      log += chunk.toString();
      if (log.includes(command.readyMessage)) resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    void ended.then(() => reject(new Error(`${command.file} ended before it was ready:\n${log}`)));
  });
  const watchdog = startWatchdog(child.pid!, command.folder);
  return {
    pid: child.pid!,
    log: () => log,
    async stop(signal) {
      watchdog.kill();
      child.kill(signal);
      await ended;
    },
  };
}

/** A shell that outlives us if we are killed: its standard input then ends, and it clears up what we left. */
function startWatchdog(pid: number, folder: string): ChildProcess {
  const script = 'read -r _; kill -QUIT "$1" 2>/dev/null; sleep 1; rm -rf "$2"';
  const watchdog = spawn("/bin/sh", ["-c", script, "watchdog", String(pid), folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watchdog.unref();
  return watchdog;
}
