import type { Configuration } from "../load-configuration.ts";
import type { OpenSchema } from "../open-schema.ts";
import type { Arguments } from "../parse-arguments.ts";
import type { Terminal } from "../terminal.ts";

/** What a command is given. */
export interface CommandContext {
  readonly given: Arguments;
  readonly configuration: Configuration;
  readonly terminal: Terminal;
  /** The folder that the command runs in. */
  readonly cwd: string;
  /** Connects; the connection is closed when the command has ended. */
  open(): Promise<OpenSchema>;
}

/** What a command has to say at its end; what people read it has printed itself. */
export interface CommandResult {
  readonly exitCode: number;
  /** What `--json` prints. */
  readonly json: Readonly<Record<string, unknown>>;
}

export type Command = (context: CommandContext) => Promise<CommandResult>;
