import { parseArgs } from "node:util";
import type { DialectName } from "../database/database.ts";
import { AuthError } from "../errors.ts";
import { formatNames, type FormatName } from "../schema/export-formats/migration-formats.ts";

export const commandNames = ["migrate", "status", "plan", "sql", "verify", "doctor", "adopt"] as const;
export type CommandName = (typeof commandNames)[number];

/** The command line, taken apart. */
export interface Arguments {
  readonly command: CommandName | null;
  readonly database?: string;
  readonly config?: string;
  readonly namespace?: string;
  readonly schema?: string;
  readonly prefix?: string;
  readonly module?: string;
  readonly dialect?: DialectName;
  readonly pending: boolean;
  readonly transaction: boolean;
  readonly format?: FormatName;
  readonly out?: string;
  readonly fromSchema?: string;
  readonly fromPrefix?: string;
  readonly apply: boolean;
  readonly strict: boolean;
  readonly processes?: number;
  readonly events: boolean;
  readonly withoutSecondFactor: boolean;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

const options = {
  database: { type: "string", short: "d" },
  config: { type: "string", short: "c" },
  namespace: { type: "string" },
  schema: { type: "string" },
  prefix: { type: "string" },
  module: { type: "string" },
  dialect: { type: "string" },
  pending: { type: "boolean", default: false },
  "no-transaction": { type: "boolean", default: false },
  format: { type: "string" },
  out: { type: "string" },
  "from-schema": { type: "string" },
  "from-prefix": { type: "string" },
  apply: { type: "boolean", default: false },
  strict: { type: "boolean", default: false },
  processes: { type: "string" },
  "without-events": { type: "boolean", default: false },
  "without-second-factor": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  verbose: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
  version: { type: "boolean", short: "v", default: false },
} as const;

/** The options that not every command knows. */
const ownOptions: Partial<Record<CommandName, readonly (keyof typeof options)[]>> = {
  doctor: ["strict", "processes"],
  sql: ["module", "dialect", "pending", "no-transaction", "format", "out"],
  adopt: ["from-schema", "from-prefix", "apply", "strict", "without-events", "without-second-factor"],
};

/** @throws AuthError `configuration_invalid` with what is wrong and how to find out more */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parse(argv);
  const [command = null, ...more] = positionals;
  if (command !== null && !isCommand(command)) {
    throw usage(`There is no command ${command}; the commands are ${commandNames.join(", ")}`);
  }
  if (more.length > 0) throw usage(`One command at a time: ${more.join(" ")} is too much`);
  for (const name of Object.values(ownOptions).flat()) {
    const given = values[name] !== undefined && values[name] !== false;
    const owners = commandNames.filter((owner) => ownOptions[owner]?.includes(name));
    if (given && (command === null || !owners.includes(command))) {
      throw usage(`--${name} belongs to the command ${owners.join(", or ")}`);
    }
  }
  if (values.namespace !== undefined && (values.schema ?? values.prefix) !== undefined) {
    throw usage("Give either --namespace, or --schema and --prefix");
  }
  const { "no-transaction": noTransaction, dialect, format, processes, ...rest } = values;
  return {
    ...rest,
    command,
    transaction: !noTransaction,
    ...readDialect(dialect),
    ...readFormat(format, values),
    ...readProcesses(processes),
    ...readAdopt(rest),
  };
}

function readProcesses(processes: string | undefined): { processes?: number } {
  if (processes === undefined) return {};
  if (/^[1-9]\d{0,5}$/.test(processes)) return { processes: Number(processes) };
  throw usage(`--processes is a number from 1 on, not ${processes}`);
}

/** The options of adopt by the names that the command knows them by. */
function readAdopt(values: Partial<ReturnType<typeof parse>["values"]>) {
  const { "from-schema": fromSchema, "from-prefix": fromPrefix } = values;
  return {
    ...(fromSchema !== undefined && { fromSchema }),
    ...(fromPrefix !== undefined && { fromPrefix }),
    events: values["without-events"] !== true,
    withoutSecondFactor: values["without-second-factor"] === true,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    // Node adds advice of its own after the first sentence.
    throw usage((error as Error).message.split(". ")[0]!);
  }
}

function readDialect(dialect: string | undefined): { dialect?: DialectName } {
  if (dialect === undefined) return {};
  if (dialect === "postgres" || dialect === "sqlite") return { dialect };
  throw usage(`--dialect is postgres or sqlite, not ${dialect}`);
}

/** The options that only print make no sense where files are written, and the other way round. */
function readFormat(
  format: string | undefined,
  values: ReturnType<typeof parse>["values"],
): { format?: FormatName } {
  if (format === undefined) {
    if (values.out !== undefined) throw usage("--out is for --format");
    return {};
  }
  const known = formatNames.find((name) => name === format);
  if (known === undefined) throw usage(`--format is one of ${formatNames.join(", ")}, not ${format}`);
  if (values.pending) throw usage("With --format the folder tells what is missing: leave out --pending");
  if (values["no-transaction"]) throw usage("--format knows about transactions: leave out --no-transaction");
  return { format: known };
}

function isCommand(name: string): name is CommandName {
  return (commandNames as readonly string[]).includes(name);
}

function usage(message: string): AuthError {
  return new AuthError("configuration_invalid", {
    message: `${message.replace(/\.$/, "")}. See wispy-auth --help`,
  });
}
