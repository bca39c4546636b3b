import { AuthError } from "../../errors.ts";
import { renderSql, type MigrationFormat } from "./migration-format.ts";
import { counting } from "./next-numbers.ts";

/** Plain SQL files named as Flyway wants them, for every tool that runs a folder of those in order. */
export const flyway: MigrationFormat = {
  folder: "sql",
  dialects: ["postgres", "sqlite"],
  numbers: counting("1"),
  // V1_2__name and V1.2__name are the same version.
  migrationName(path) {
    const [, version, name] = /(?:^|\/)V(\d+(?:[._]\d+)*)__([^/]*)\.sql$/.exec(path) ?? [];
    return version === undefined ? null : `${version.replaceAll("_", ".")}__${name!}`;
  },
  path: (number, name) => `V${number}__${name}.sql`,
  render(script) {
    const text = renderSql(script);
    if (text.includes("${")) {
      throw new AuthError("configuration_invalid", {
        message: 'Flyway would take "${" in the namespace for a placeholder: choose another name',
      });
    }
    return text;
  },
};
