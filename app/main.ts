import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import { type Application, createApplication } from "./application.ts";
import { readSettings } from "./settings.ts";

/** How long requests under way may take to end when the application is asked to stop. */
const patienceMilliseconds = 5000;

async function start(): Promise<void> {
  const settings = readSettings();
  const application = await createApplication(settings);
  try {
    await listen(application.server, settings.port);
  } catch (error) {
    await application.close();
    throw error;
  }
  // Once: who asks a second time gets the system's way of stopping.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop(application));
  const { port: taken } = application.server.address() as AddressInfo;
  console.log(`Wispy Notes is at http://localhost:${taken}`);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, resolve);
  });
}

/** Finishes what is under way, then gives the database back. */
async function stop({ server, close }: Application): Promise<void> {
  const impatience = setTimeout(() => server.closeAllConnections(), patienceMilliseconds);
  await new Promise((resolve) => server.close(resolve));
  clearTimeout(impatience);
  await close();
}

/** One line. What the database said stands in the cause. */
function explain(error: unknown): string {
  const { code, message, cause } = error as Error & { readonly code?: string };
  if (code === "EADDRINUSE") return `${message}. Set PORT to another one`;
  const reason = cause instanceof Error ? cause.message || String((cause as { code?: unknown }).code) : "";
  return [message, reason].filter((text) => text !== "").join(": ");
}

start().catch((error: unknown) => {
  console.error(`Wispy Notes cannot start: ${explain(error).replaceAll(/\s*\n\s*/g, " ")}`);
  process.exitCode = 1;
});
