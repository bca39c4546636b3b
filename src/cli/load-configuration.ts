import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Module } from "../contract/module.ts";
import type { NamespaceOption } from "../database/namespace.ts";
import type { PoolLimits } from "../database/pool-limits.ts";
import { AuthError } from "../errors.ts";
import type { Arguments } from "./parse-arguments.ts";
import type { CliEnvironment } from "./terminal.ts";

/** What the commands take of the options of `createAuth`, wherever it came from. */
export interface Configuration {
  /** A URL or a handle; `undefined` if nobody named one. */
  readonly database: unknown;
  readonly namespace: NamespaceOption | undefined;
  readonly allowNewerSchema: boolean;
  readonly pool: PoolLimits | undefined;
  readonly modules: readonly Module[];
  /** The configuration file, if there is one. */
  readonly file: string | null;
}

const defaultFiles = ["wispy-auth.config.mjs", "wispy-auth.config.js"];

/**
 * The command line before the configuration file before DATABASE_URL.
 * @throws AuthError `configuration_invalid` for a file that cannot be loaded or exports something else
 */
export async function loadConfiguration(
  given: Arguments,
  { cwd, env }: Pick<CliEnvironment, "cwd" | "env">,
): Promise<Configuration> {
  const file = given.config ?? defaultFiles.find((name) => existsSync(resolve(cwd, name))) ?? null;
  const exported = file === null ? {} : await loadFile(resolve(cwd, file), file);
  const { namespace, schema, prefix } = given;
  const parts = schema !== undefined || prefix !== undefined;
  return {
    database: given.database ?? exported.database ?? (env["DATABASE_URL"] || undefined),
    namespace:
      namespace ??
      (parts ? { ...(schema !== undefined && { schema }), ...(prefix !== undefined && { prefix }) } : null) ??
      exported.namespace,
    allowNewerSchema: exported.allowNewerSchema ?? false,
    pool: exported.pool,
    modules: exported.modules ?? [],
    file,
  };
}

type ConfigurationFile = Partial<Omit<Configuration, "file">>;

async function loadFile(path: string, file: string): Promise<ConfigurationFile> {
  let module: { default?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as { default?: unknown };
  } catch (cause) {
    throw new AuthError("configuration_invalid", { message: `${file} cannot be loaded`, cause });
  }
  if (typeof module.default !== "object" || module.default === null) {
    throw new AuthError("configuration_invalid", {
      message: `The default export of ${file} must be an object with the options of createAuth`,
    });
  }
  return module.default;
}
