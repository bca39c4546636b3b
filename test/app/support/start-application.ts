import { beforeAll } from "vitest";
import { findFreePort } from "../../support/free-port.ts";
import type { SuiteContext } from "../../support/for-each-database.ts";
import { buildProgram, type Program, type RunningProgram } from "../../support/run-program.ts";

/** The application in a process of its own. */
export interface RunningApplication {
  readonly url: string;
  readonly process: RunningProgram;
}

/** Without one, an application on PostgreSQL would keep its own in the folder where the tests run. */
export const testSecret = "a secret of the tests, long enough to be one";

/** Bundles app/main.ts where it finds app/public as the compiled one does. */
export function buildApplication(): Promise<Program> {
  return buildProgram("../../app/main.ts", { folder: "app/dist/test" });
}

/** Starts it and waits until it says where it is. */
export async function startApplication(
  program: Program,
  env: Readonly<Record<string, string>>,
): Promise<RunningApplication> {
  const port = env["PORT"] ?? String(await findFreePort());
  const process = program.start([], { AUTH_SECRET: testSecret, ...env, PORT: port });
  const url = `http://localhost:${port}`;
  await process.printed(url);
  return { url, process };
}

/**
 * The application on the suite's database; stopped when the suite ends. The value is there inside tests.
 * @param settings More of its environment, asked for when it starts.
 */
export function useApplication(
  ctx: SuiteContext,
  settings: () => Promise<Readonly<Record<string, string>>> = async () => ({}),
): { readonly url: string } {
  let running: RunningApplication | undefined;
  beforeAll(async () => {
    const program = await buildApplication();
    ctx.onSuiteEnd(() => program.remove());
    running = await startApplication(program, { DATABASE_URL: ctx.database.url, ...(await settings()) });
    const { process } = running;
    ctx.onSuiteEnd(async () => {
      process.process.kill("SIGTERM");
      await process.ended;
    });
  });
  return {
    get url() {
      return running!.url;
    },
  };
}
