import type { DialectName } from "../../database/database.ts";

const goZeroTime = Date.parse("0001-01-01T00:00:00Z");
const endOfTime = Date.parse("9999-12-31T23:59:59.999Z");

/**
 * A moment of the old tables; `null` for none, for one that cannot be read, and for Go's zero time
 * (0001-01-01T00:00:00Z), which means none. What lies past the year 9999, `infinity` too, is the end of that year.
 *
 * PostgreSQL: epoch milliseconds. SQLite: RFC 3339, as the Go library's own driver writes it
 * (github.com/ncruces/go-sqlite3); the forms of SQLite's date functions, in UTC unless they say otherwise; and
 * those of Go's other drivers (mattn/go-sqlite3, modernc.org/sqlite with its `time.String`).
 */
export function readInstant(value: string | null, dialect: DialectName): Date | null {
  if (value === null || value.trim() === "") return null;
  const milliseconds = dialect === "postgres" ? Number(value) : readSqliteTime(value.trim());
  if (Number.isNaN(milliseconds) || milliseconds <= goZeroTime) return null;
  return new Date(Math.floor(Math.min(milliseconds, endOfTime)));
}

// time.String adds the zone's name and, for a time not yet stored, the monotonic clock: "+0200 CEST m=+0.1".
const timeText =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(?: ?(Z|[+-]\d\d:?\d\d)(?: [A-Z0-9+-]{1,6})?(?: m=\S+)?)?$/;

function readSqliteTime(text: string): number {
  if (/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return readSqliteNumber(Number(text));
  const match = timeText.exec(text);
  if (match === null) return Number.NaN;
  const [, date, time = "00:00", seconds = "00", fraction = "0", zone = "Z"] = match;
  const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  return Date.parse(`${date}T${time}:${seconds}.${fraction.padEnd(3, "0").slice(0, 3)}${offset}`);
}

const lastJulianDay = 5_373_484.5;
const lastUnixSecond = 253_402_300_799;

/** By size, as SQLite's modifier `auto` and the Go library's driver tell Julian days from Unix times of any precision. */
function readSqliteNumber(value: number): number {
  if (value >= 0 && value < lastJulianDay) return (value - 2_440_587.5) * 86_400_000;
  const size = Math.abs(value);
  if (size <= lastUnixSecond) return value * 1000;
  if (size <= lastUnixSecond * 1e3) return value;
  return size <= lastUnixSecond * 1e6 ? value / 1e3 : value / 1e6;
}
