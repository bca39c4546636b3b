import { adopt } from "./commands/adopt.ts";
import type { Command, CommandResult } from "./commands/command.ts";
import { doctor } from "./commands/doctor.ts";
import { migrate } from "./commands/migrate.ts";
import { plan } from "./commands/plan.ts";
import { sql } from "./commands/sql.ts";
import { status } from "./commands/status.ts";
import { verify } from "./commands/verify.ts";
import { describeFailure, failureData } from "./describe-failure.ts";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { helpText, readVersion } from "./help.ts";
import { loadConfiguration } from "./load-configuration.ts";
import { openSchema, type OpenSchema } from "./open-schema.ts";
import { parseArguments, type Arguments, type CommandName } from "./parse-arguments.ts";
import { createTerminal, silent, type CliEnvironment, type Terminal } from "./terminal.ts";

const commands: Record<CommandName, Command> = { migrate, status, plan, sql, verify, doctor, adopt };

/** Runs one command to its end and returns the exit code; never throws. */
export async function runCli(argv: readonly string[], environment: CliEnvironment): Promise<number> {
  const terminal = createTerminal(environment);
  try {
    const given = parseArguments(argv);
    if (given.version || given.help || given.command === null) return printAbout(given, terminal);
    const { exitCode, json } = await runCommand(given.command, { given, environment, terminal });
    if (given.json) terminal.print(JSON.stringify({ command: given.command, exitCode, ...json }, null, 2));
    return exitCode;
  } catch (error) {
    return reportFailure(error, { argv, terminal });
  }
}

function printAbout({ version, help }: Arguments, terminal: Terminal): number {
  if (version) terminal.print(readVersion());
  else if (help) terminal.print(helpText.trimEnd());
  else terminal.warn(helpText.trimEnd());
  return version || help ? exitCodes.ok : exitCodes.usage;
}

async function runCommand(
  command: CommandName,
  {
    given,
    environment,
    terminal,
  }: { readonly given: Arguments; readonly environment: CliEnvironment; readonly terminal: Terminal },
): Promise<CommandResult> {
  const configuration = await loadConfiguration(given, environment);
  let opened: OpenSchema | undefined;
  try {
    return await commands[command]({
      given,
      configuration,
      terminal: given.json ? silent(terminal) : terminal,
      cwd: environment.cwd,
      open: async () => (opened = await openSchema(configuration, command)),
    });
  } finally {
    await opened?.close();
  }
}

/** One sentence on standard error; one object on standard output where `--json` is asked for. */
function reportFailure(
  error: unknown,
  { argv, terminal }: { readonly argv: readonly string[]; readonly terminal: Terminal },
): number {
  const { code, message, stack } = describeFailure(error);
  const exitCode = exitCodeOf(code);
  // The command line may be what is wrong, so it is asked in the plainest way.
  if (argv.includes("--json")) {
    terminal.print(JSON.stringify({ exitCode, error: { code, message, data: failureData(error) } }, null, 2));
  } else {
    terminal.warn(`${terminal.styleError("red", `error ${code}:`)} ${message}`);
  }
  if (argv.includes("--verbose")) terminal.warn(stack);
  return exitCode;
}
