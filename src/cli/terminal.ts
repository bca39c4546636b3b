import { styleText } from "node:util";

/** Where a command runs: the process, or a test's stand-in for it. */
export interface CliEnvironment {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export type Style = "dim" | "green" | "red" | "yellow";

/** What a command writes to. Colour appears on a terminal alone, and never with NO_COLOR set. */
export interface Terminal {
  /** A line on standard output. */
  print(line: string): void;
  /** A line on standard error. */
  warn(line: string): void;
  /** Shown until the next `print`, on a terminal alone. */
  showProgress(line: string): void;
  /** For `print`. */
  style(style: Style, text: string): string;
  /** For `warn`. */
  styleError(style: Style, text: string): string;
}

const eraseLine = "\r\u001b[2K";

export function createTerminal({ stdout, stderr }: CliEnvironment): Terminal {
  let erase = "";
  const flush = (): string => {
    const text = erase;
    erase = "";
    return text;
  };
  return {
    print: (line) => void stdout.write(`${flush()}${line}\n`),
    warn: (line) => {
      stdout.write(flush());
      stderr.write(`${line}\n`);
    },
    showProgress(line) {
      if (!stdout.isTTY) return;
      stdout.write(`${flush()}${line}`);
      erase = eraseLine;
    },
    style: (style, text) => styleText(style, text, { stream: stdout }),
    styleError: (style, text) => styleText(style, text, { stream: stderr }),
  };
}

/** The same terminal for a command whose result is printed as JSON: it says nothing by itself. */
export function silent(terminal: Terminal): Terminal {
  const nothing = (): void => undefined;
  return { ...terminal, print: nothing, warn: nothing, showProgress: nothing };
}

/** Columns padded to their widest cell, two spaces apart. Cells are plain text. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
