import type { DialectName, Namespace } from "../../../src/database/database.ts";
import type { FormatName } from "../../../src/schema/export-formats/migration-formats.ts";
import type { TestDatabase } from "../../support/test-database.ts";
import type { ToolProject } from "./tool-project.ts";

/** An application of a tool's users, in the tool's own ways. */
export interface ToolRun {
  readonly project: ToolProject;
  readonly database: TestDatabase;
  readonly dialect: DialectName;
  readonly namespace: Namespace;
  /** One more; removed with the others. */
  createDatabase(): Promise<TestDatabase>;
}

/** How the application's developer works with a migration tool. */
export interface MigrationTool {
  readonly format: FormatName;
  /** Configures the tool, and writes the migration that makes the application's own table `notes`. */
  begin(run: ToolRun): Promise<void>;
  /** A second migration of the application's own, which gives `notes` a column `done`. */
  addColumn(run: ToolRun): Promise<void>;
  /** Applies what is pending. */
  migrate(run: ToolRun): Promise<void>;
  /** Looks at the tool's own status and lets it migrate once more: all is applied, nothing happens. */
  expectNothingToDo(run: ToolRun): Promise<void>;
}
