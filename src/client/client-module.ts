import type { ContractTable, RouteMethods, RouteTable } from "./route-methods.ts";

/** A module's part of the client, as `createAuthClient({ modules })` takes it. */
export interface ClientModule<
  Name extends string = string,
  Methods extends object = object,
  Fields extends object = object,
  Answer = unknown,
> {
  readonly name: Name;
  readonly routes: Readonly<Record<string, string>>;
  /** Never set: carries the types, so that reading them costs the compiler next to nothing. */
  readonly types_?: { readonly fields: Fields; readonly answer: Answer; readonly api: Methods };
}

/** What a module adds to the sign-up: fields of its input, and what its result has under the module's name. */
export interface SignUpTypes {
  readonly fields: object;
  readonly answer: unknown;
}

interface NothingAtSignUp extends SignUpTypes {
  readonly fields: Readonly<Record<never, never>>;
  readonly answer: null;
}

/** The same, read from the module's own type: `SignUpOf<ReturnType<typeof notes>>`. */
export type SignUpOf<Module extends { readonly types_?: SignUpTypes }> = NonNullable<Module["types_"]>;

/** What has travelled as JSON: times are text. */
export type AsJson<Value> = Value extends Date
  ? string
  : Value extends object
    ? { readonly [Key in keyof Value]: AsJson<Value[Key]> }
    : Value;

/** The module that contracts belong to, by their ids. */
type ModuleName<Contracts extends ContractTable> =
  Contracts[keyof Contracts]["id"] extends `${infer Name}.${string}` ? Name : never;

/**
 * Declares a module's part of the client. Methods, inputs and outputs are typed from the contracts of the module's
 * routes, of which nothing but their types is needed: import them by `import type`, and no code of the server reaches
 * the browser.
 *
 * `routes` has a line for each contract, its method and path. One that is missing, too many or wrong does not compile.
 * Routes with status 303 have none.
 *
 * @example
 * import type { noteContracts } from "./note-contracts.ts";
 * export const notesClient = defineClientModule<typeof noteContracts>("notes", {
 *   list: "GET /notes",
 *   remove: "DELETE /notes/:id",
 * });
 */
export function defineClientModule<
  Contracts extends ContractTable,
  SignUp extends SignUpTypes = NothingAtSignUp,
>(
  name: ModuleName<Contracts>,
  routes: RouteTable<Contracts>,
): ClientModule<ModuleName<Contracts>, RouteMethods<Contracts>, SignUp["fields"], AsJson<SignUp["answer"]>> {
  return { name, routes };
}
