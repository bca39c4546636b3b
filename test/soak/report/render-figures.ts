import type { SoakFigures } from "./figures.ts";

/** The figures for people. */
export function renderFigures(figures: SoakFigures): string {
  const { accounts, connections, migrations } = figures;
  const sections = [
    renderTable(
      ["calls", "number", "p50 ms", "p99 ms", "longest ms"],
      figures.calls.map(({ kind, calls, p50, p99, longest }) => [kind, calls, p50, p99, longest]),
    ),
    renderTable(
      ["errors", "during restarts", "otherwise"],
      figures.errors.map(({ code, duringRestarts, otherwise }) => [code, duringRestarts, otherwise]),
    ),
    renderTable(
      ["restarts", "seconds down", "seconds to recovery"],
      figures.restarts.map(({ name, secondsDown, secondsToRecovery }) => [
        name,
        secondsDown,
        secondsToRecovery,
      ]),
    ),
    renderTable(
      ["processes", "naming", "named", "unnamed", "plan", "name", "pooler", "replays"],
      figures.processes.map(({ process, statements: mode, stats }) => {
        const { named, unnamed, recovered, transactionReplays } = stats.statements;
        const counts = [named, unnamed, recovered.plan, recovered.name, recovered.pooler, transactionReplays];
        return [`${process}, statements ${mode}`, stats.naming, ...counts];
      }),
    ),
    renderTable(
      ["connections", "most seen", "limit"],
      [
        ["at the server", connections.atServer.most, connections.atServer.limit],
        ["of a process", connections.ofProcess.most, connections.ofProcess.limit],
        ["looks", connections.samples, ""],
      ],
    ),
    renderTable(
      ["the application's own", "number"],
      [
        ["migrations", migrations.done],
        ["migrations turned away by a lock", migrations.gaveUp],
        ["migrations in a restart", migrations.interrupted],
        ["DISCARD ALL", figures.discards],
      ],
    ),
    renderTable(
      ["accounts", "number"],
      Object.entries(accounts).map(([name, n]) => [
        name.replaceAll(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`),
        n,
      ]),
    ),
  ];
  return sections.join("\n\n");
}

type Cell = string | number;

/** Words to the left, numbers to the right. */
function renderTable(head: readonly string[], body: readonly (readonly Cell[])[]): string {
  const rows = body.length > 0 ? body : [["none", ...head.slice(1).map(() => "")]];
  const written = [head, ...rows].map((row) => row.map(write));
  const widths = head.map((_, column) => Math.max(...written.map((row) => row[column]!.length)));
  const align = (text: string, column: number): string =>
    column > 0 && (rows[0]![column] === "" || typeof rows[0]![column] === "number")
      ? text.padStart(widths[column]!)
      : text.padEnd(widths[column]!);
  const lines = written.map((row) => row.map(align).join("  ").trimEnd());
  return [lines[0], widths.map((width) => "-".repeat(width)).join("  "), ...lines.slice(1)].join("\n");
}

function write(cell: Cell): string {
  if (typeof cell === "string") return cell;
  return Number.isInteger(cell) ? String(cell) : cell.toFixed(1);
}
