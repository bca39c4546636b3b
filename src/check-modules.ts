import type { Module } from "./contract/module.ts";
import { AuthError } from "./errors.ts";

const coreFields = new Set(["email", "password", "name", "tokenDelivery", "deviceToken"]);

/**
 * Refuses at the start what would else be found at some request: names, ids and codes that are not a module's own.
 * @throws AuthError `configuration_invalid`, `statement_invalid`
 */
export function checkModules(modules: readonly Module[]): void {
  const names = new Set(modules.map(({ name }) => name));
  if (names.size < modules.length) throw invalid("Two modules have the same name");
  const ownerOfField = new Map<string, string>();
  for (const module of modules) {
    const { name } = module;
    if (!/^[a-z][a-zA-Z0-9]*$/.test(name) || name === "core") {
      throw invalid(
        `A module cannot be called ${JSON.stringify(name)}: a name is camelCase letters and digits`,
      );
    }
    const findings = (module.adoption ?? []).flatMap((rows) => Object.keys(rows.findings));
    for (const own of [...Object.keys(module.errors ?? {}), ...(module.eventTypes ?? []), ...findings]) {
      if (!own.startsWith(`${name}.`))
        throw invalid(`The module ${name} declares ${own}, which is not its own`);
    }
    for (const field of Object.keys(module.signUpFields ?? {})) {
      const owner = coreFields.has(field) ? "core" : ownerOfField.get(field);
      if (owner !== undefined) throw invalid(`${owner} and ${name} both read the sign-up field ${field}`);
      ownerOfField.set(field, name);
    }
    checkStatements(module);
  }
}

function checkStatements({ name, statements = [] }: Module): void {
  for (const { id } of statements) {
    if (id.startsWith(`${name}.`)) continue;
    const owner = id.split(".")[0]!;
    throw new AuthError("statement_invalid", {
      message: `The module ${name} declares the statement ${id}, whose name says that it belongs to ${owner}`,
    });
  }
}

function invalid(message: string): AuthError {
  return new AuthError("configuration_invalid", { message });
}
