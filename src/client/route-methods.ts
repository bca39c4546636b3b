import type { RouteContract } from "../contract/route.ts";
import type { coreContracts } from "../http/routes/core-contracts.ts";
import type { CallOptions } from "./client-options.ts";

/** Contracts by the names of their methods, as `defineContract` makes them. */
export type ContractTable = Readonly<Record<string, RouteContract>>;

/** Those that a client calls: with 303 a browser is sent on, and no program. */
type Called<
  Contracts extends ContractTable,
  Name extends keyof Contracts,
> = Contracts[Name]["status"] extends 303 ? never : Name;

/** All that is left of the contracts at run time: `{ updateCode: "PATCH /referrals/codes/:id" }`. */
export type RouteTable<Contracts extends ContractTable> = {
  readonly [
    Name in keyof Contracts as Called<Contracts, Name>
  ]: `${Contracts[Name]["method"]} ${Contracts[Name]["path"]}`;
};

/** A method for each route. */
export type RouteMethods<Contracts extends ContractTable> = {
  readonly [Name in keyof Contracts as Called<Contracts, Name>]: RouteMethod<
    InputOf<Contracts[Name]>,
    OutputOf<Contracts[Name]>
  >;
};

/** Takes what the route takes: the names in its path, and the fields of its body or its parameters, as one object. */
type RouteMethod<Input, Output> = unknown extends Input
  ? (input?: Readonly<Record<string, never>>, options?: CallOptions) => Promise<Output>
  : Record<never, never> extends Input
    ? (input?: Input, options?: CallOptions) => Promise<Output>
    : (input: Input, options?: CallOptions) => Promise<Output>;

/** `unknown` if there is nothing to take, and where a part takes nothing: an intersection loses it. */
type InputOf<Contract extends RouteContract> =
  // oxlint-disable-next-line typescript/no-unused-vars
  Contract extends RouteContract<infer _C, infer Input, infer _Output, infer _Id, infer Query>
    ? Input & Query & NamesOf<Contract["path"]>
    : never;

type NamesOf<Path extends string> = [NameIn<Path>] extends [never]
  ? unknown
  : { readonly [Name in NameIn<Path>]: string };

type NameIn<Path extends string> = Path extends `${string}/:${infer Name}/${infer Rest}`
  ? Name | NameIn<`/${Rest}`>
  : Path extends `${string}/:${infer Name}`
    ? Name
    : never;

type OutputOf<Contract extends RouteContract> = Contract["output"] extends null
  ? void
  : Contract["output"] extends "signedIn"
    ? SignInAnswer
    : ValueOf<Contract>;

type ValueOf<Contract> =
  Contract extends RouteContract<RouteContract["credential"], unknown, infer Output> ? Output : never;

/** What signing in answers: a session, or the step that is asked for first. Tell them apart by `"pending" in answer`. */
export type SignInAnswer = ValueOf<(typeof coreContracts)["signIn"]>;

export type SignUpInput = InputOf<(typeof coreContracts)["signUp"]>;
