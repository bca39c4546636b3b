import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { checks } from "../../src/doctor/checks.ts";

const page = readFileSync(new URL("../../docs/doctor.md", import.meta.url), "utf8");

/** What a section says, in one line. */
const sections = new Map(
  [...page.matchAll(/^### `([a-z-]+)`\n\n([\s\S]*?)(?=\n#|$(?![\s\S]))/gm)].map(([, id, text]) => [
    id!,
    text!.replaceAll("\n", " "),
  ]),
);

it("docs/doctor.md has a section for each check, in their order, and for nothing else", () => {
  expect([...sections.keys()].sort()).toEqual(checks.map(({ id }) => id as string).sort());
  expect([...sections.keys()]).toEqual(checks.map(({ id }) => id));
});

it.each(checks)(
  "docs/doctor.md says what $id looks at, and on which databases",
  ({ id, title, dialects }) => {
    const text = sections.get(id)!;
    expect(text.startsWith(title)).toBe(true);
    const only = / (PostgreSQL|SQLite) only\.\s*$/.exec(text)?.[1]?.toLowerCase();
    const told = only === "postgresql" ? "postgres" : only;
    const underSqlite = page.indexOf(`### \`${id}\``) > page.indexOf("\n## SQLite\n");
    expect(told ?? (underSqlite ? "sqlite" : "both")).toBe(dialects.length === 2 ? "both" : dialects[0]);
  },
);
