import { describe, expect, it } from "vitest";
import { readInstant } from "../../src/adopt/old/read-instant.ts";

const sqlite = (value: string): string | undefined => readInstant(value, "sqlite")?.toISOString();
const postgres = (value: string): string | undefined => readInstant(value, "postgres")?.toISOString();

describe("adopt: a time of the old tables", () => {
  it("is read as every Go driver writes it on SQLite", () => {
    // github.com/ncruces/go-sqlite3, the Go library's own: RFC 3339 with nanoseconds.
    expect(sqlite("2025-09-09T12:34:56.789123456+02:00")).toBe("2025-09-09T10:34:56.789Z");
    expect(sqlite("2025-09-09T12:34:56Z")).toBe("2025-09-09T12:34:56.000Z");
    expect(sqlite("2025-09-09T12:34:56.7-11:30")).toBe("2025-09-10T00:04:56.700Z");
    // github.com/mattn/go-sqlite3.
    expect(sqlite("2025-09-09 12:34:56.789123456+02:00")).toBe("2025-09-09T10:34:56.789Z");
    // modernc.org/sqlite: time.String, with the monotonic clock where the time was not stored before.
    expect(sqlite("2025-09-09 12:34:56.789 +0200 CEST")).toBe("2025-09-09T10:34:56.789Z");
    expect(sqlite("2025-09-09 12:34:56.789123 +0000 UTC m=+0.001234")).toBe("2025-09-09T12:34:56.789Z");
    expect(sqlite("2025-09-09 12:34:56 -0330 -0330")).toBe("2025-09-09T16:04:56.000Z");
  });

  it("is read in the forms of SQLite's own functions, in UTC", () => {
    expect(sqlite("2025-09-09 12:34:56")).toBe("2025-09-09T12:34:56.000Z");
    expect(sqlite("2025-09-09 12:34")).toBe("2025-09-09T12:34:00.000Z");
    expect(sqlite("2025-09-09")).toBe("2025-09-09T00:00:00.000Z");
    expect(sqlite("1757421296")).toBe("2025-09-09T12:34:56.000Z");
    expect(sqlite("1757421296789")).toBe("2025-09-09T12:34:56.789Z");
    expect(sqlite("-14182940")).toBe("1969-07-20T20:17:40.000Z");
    expect(sqlite("2460928.0")).toBe("2025-09-09T12:00:00.000Z");
  });

  it("is read from PostgreSQL's epoch, before 1970 and in any notation", () => {
    expect(postgres("1757421296789.123")).toBe("2025-09-09T12:34:56.789Z");
    expect(postgres("-14182940000")).toBe("1969-07-20T20:17:40.000Z");
    expect(postgres("1.757421296789e+12")).toBe("2025-09-09T12:34:56.789Z");
  });

  it("past the year 9999 is the end of that year", () => {
    expect(postgres("Infinity")).toBe("9999-12-31T23:59:59.999Z");
    expect(postgres("253402300800000")).toBe("9999-12-31T23:59:59.999Z");
  });

  it("that means none, or nothing, is none", () => {
    for (const value of [
      "0001-01-01T00:00:00Z",
      "0001-01-01 00:00:00 +0000 UTC",
      "",
      "soon",
      "2025-13-01",
      "2025-09-09T25:00:00Z",
    ]) {
      expect(sqlite(value)).toBeUndefined();
    }
    for (const value of ["-62135596800000", "-Infinity", "NaN", ""]) expect(postgres(value)).toBeUndefined();
    expect(readInstant(null, "sqlite")).toBeNull();
  });
});
