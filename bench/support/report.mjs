/**
 * @typedef {object} Finding One line of a result.
 * @property {string} measure
 * @property {Record<string, number>} figures By subject.
 * @property {"ms" | "KB" | "x"} [unit]
 * @property {{ sign: "<" | "<=" | ">=", limit: number }} [target] What wispy-auth has to reach.
 */

/** @param {Finding} finding @param {string} [subject] @returns {boolean} True as well where nothing is asked. */
export function isMet({ figures, target }, subject = "wispy-auth") {
  if (target === undefined) return true;
  const figure = figures[subject];
  if (target.sign === ">=") return figure >= target.limit;
  return target.sign === "<=" ? figure <= target.limit : figure < target.limit;
}

/** @param {Finding} finding @param {string} subject @returns {string} */
export function figureOf({ figures, unit }, subject) {
  const figure = figures[subject];
  if (figure === undefined) return "";
  return withUnit(figure >= 1000 ? Math.round(figure).toLocaleString("en-US") : rounded(figure), unit);
}

/** @param {string} title @param {Finding[]} findings @returns {string} */
export function section(title, findings) {
  const subjects = [...new Set(findings.flatMap((finding) => Object.keys(finding.figures)))];
  const rows = findings.map((finding) => [
    finding.measure,
    ...subjects.map((subject) => figureOf(finding, subject)),
    finding.target ? withUnit(`${finding.target.sign} ${finding.target.limit}`, finding.unit) : "",
    finding.target ? (isMet(finding) ? "met" : "MISSED") : "",
  ]);
  return `\n${title}\n\n${table([["", ...subjects, "target", ""], ...rows])}\n`;
}

/** @param {string[][]} rows The first is the head. @returns {string} Aligned columns, figures to the right. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const aligned = (cell, column) =>
    /^[\d.,]+( ms| KB|x)?$/.test(cell) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]);
  const lines = rows.map((row) => row.map(aligned).join("  ").trimEnd());
  return [lines[0], widths.map((width) => "-".repeat(width)).join("  "), ...lines.slice(1)].join("\n");
}

function rounded(figure) {
  return Number.isInteger(figure) || figure >= 100 ? String(Math.round(figure)) : figure.toPrecision(3);
}

function withUnit(text, unit) {
  return unit === undefined ? text : `${text}${unit === "x" ? "" : " "}${unit}`;
}
