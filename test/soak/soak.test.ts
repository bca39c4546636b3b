import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { findPgBouncer } from "../support/pgbouncer.ts";

interface RunningSoak {
  readonly process: ChildProcess;
  /** All it has printed. */
  readonly output: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

const started: RunningSoak[] = [];

/** `npm run soak` with these arguments, as the leader of a process group. */
function startSoak(args: readonly string[]): RunningSoak {
  const program = fileURLToPath(new URL("../../scripts/soak.mjs", import.meta.url));
  const child = spawn(process.execPath, [program, ...args], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, output }));
  const soak = { process: child, output: () => output, ended };
  started.push(soak);
  return soak;
}

/** Whether any process of its group is there: the runner, the callers, the servers. */
function isRunning({ process: { pid } }: RunningSoak): boolean {
  try {
    return process.kill(-pid!, 0);
  } catch {
    return false;
  }
}

/** The callers' processes, once they are at work. */
async function callersOf(soak: RunningSoak): Promise<readonly number[]> {
  for (;;) {
    const [, pids] = /^at work: processes (.+)$/m.exec(soak.output()) ?? [];
    if (pids !== undefined) return pids.split(", ").map(Number);
    if (!isRunning(soak)) throw new Error(`ended before it was at work: ${soak.output()}`);
    await sleep(20);
  }
}

afterEach(() => {
  for (const soak of started.splice(0)) if (isRunning(soak)) process.kill(-soak.process.pid!, "SIGKILL");
});

describe.skipIf(findPgBouncer() === null)("npm run soak", () => {
  // On one process, but at every endpoint: test/coexistence/chaos-mix.test.ts.
  it(
    "D4-50 chaos-mix: migrations, DISCARD ALL and restarts of both servers cost callers lost connections and nothing else",
    { timeout: 180_000 },
    async () => {
      const soak = startSoak(["--minutes", "0.2", "--processes", "2", "--callers", "12"]);
      const { code, output } = await soak.ended;
      console.log(output);
      expect(output).toMatch(/\nsoak passed\n$/);
      expect({ code, running: isRunning(soak) }).toEqual({ code: 0, running: false });
    },
  );

  it("fails when a process of the application ends, and leaves nothing running", async () => {
    const soak = startSoak(["--minutes", "1", "--processes", "2", "--callers", "2"]);
    const [first] = await callersOf(soak);
    process.kill(first!, "SIGKILL");
    const { code, output } = await soak.ended;
    expect(output).toContain("soak failed: process 1 ended with SIGKILL");
    expect({ code, running: isRunning(soak) }).toEqual({ code: 1, running: false });
  });

  it("leaves nothing running when it is interrupted", async () => {
    const soak = startSoak(["--minutes", "1", "--processes", "2", "--callers", "2"]);
    await callersOf(soak);
    process.kill(-soak.process.pid!, "SIGINT");
    const { code, output } = await soak.ended;
    expect(output).toMatch(/\nsoak failed: interrupted\n$/);
    expect({ code, running: isRunning(soak) }).toEqual({ code: 130, running: false });
  });

  it("leaves nothing running when it is killed", async () => {
    const soak = startSoak(["--minutes", "1", "--processes", "2", "--callers", "2"]);
    await callersOf(soak);
    soak.process.kill("SIGKILL");
    while (isRunning(soak)) await sleep(20);
  });
});
