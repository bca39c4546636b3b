import type { RunningProgram } from "../../support/run-program.ts";

const announcement = /Listening on (http:\/\/localhost:\d+)/;

/** Waits until an example serves; where. */
export async function startExample(running: RunningProgram): Promise<string> {
  let printed = "";
  running.process.stdout?.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  await running.printed("Listening on");
  return announcement.exec(printed)![1]!;
}
