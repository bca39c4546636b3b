import type { Module } from "../../contract/module.ts";
import { coreTables } from "../../core/migrations/core-tables.ts";
import { isPending, type PendingSignIn } from "../../core/pending.ts";
import type { NewSession } from "../../core/session.ts";
import { connect } from "../../database/connect.ts";
import type { Database } from "../../database/database.ts";
import type { NamespaceOption } from "../../database/namespace.ts";
import type { TableInfo } from "../../database/statements/table.ts";
import type { HostDatabase } from "../host-database.ts";
import type { SampleCaller } from "../module-samples.ts";
import { newCredentials } from "../subject.ts";
import type { TestRunner } from "../test-runner.ts";
import { holdAllConnectionsButOne } from "./hold-connections.ts";
import { startWith, type AnyAuth, type ModuleUnderTest } from "./module-under-test.ts";
import { createSettableClock, type SettableClock } from "./settable-clock.ts";
import { createModuleWatch, type ModuleWatch } from "./watched-module.ts";

interface Opened {
  readonly host: HostDatabase;
  readonly auth: AnyAuth;
  /** The same handle without an `Auth`, for what no operation of one reaches. */
  readonly data: Database;
}

/** What a section works on. All that is opened exists while tests run, not while they are collected. */
export interface ModuleSubject extends ModuleUnderTest, Opened {
  readonly test: TestRunner;
  readonly module: Module;
  readonly namespace: NamespaceOption | undefined;
  readonly clock: SettableClock;
  readonly watch: ModuleWatch;
  /** The tables of the module, as it declares them. */
  readonly ownTables: readonly TableInfo[];
  /** Those, the others' and the core's. */
  readonly allTables: readonly TableInfo[];
}

/** An `Auth` with the module, watched, on one connection of a database that is opened before the first test. */
export function prepareModuleSubject(
  given: ModuleUnderTest,
  { test, namespace }: { readonly test: TestRunner; readonly namespace: NamespaceOption | undefined },
): ModuleSubject {
  let opened: Opened | undefined;
  let release: () => Promise<void> = async () => undefined;
  const [clock, watch, module] = [createSettableClock(), createModuleWatch(), given.create()];
  test.beforeAll(async () => {
    const host = await given.open();
    const modules = [...given.others(), watch.watch(module)];
    const auth = await startWith(host, { modules, clock, ...(namespace !== undefined && { namespace }) });
    opened = { host, auth, data: await connect(host.database, { namespace }) };
    release = await holdAllConnectionsButOne(host, auth);
  });
  test.afterAll(async () => {
    await release();
    await opened?.data.close();
    await opened?.auth.close();
    await opened?.host.close();
  });
  const part = <K extends keyof Opened>(key: K): Opened[K] => {
    if (opened === undefined) throw new Error("The database could not be opened");
    return opened[key];
  };
  const ownTables = module.tables ?? [];
  return {
    ...given,
    test,
    module,
    namespace,
    clock,
    watch,
    ownTables,
    allTables: [...coreTables, ...given.others().flatMap(({ tables = [] }) => tables), ...ownTables],
    get host() {
      return part("host");
    },
    get auth() {
      return part("auth");
    },
    get data() {
      return part("data");
    },
  };
}

/** A user whose address and password no other test has. */
export interface NewUser extends SampleCaller<Module> {
  readonly email: string;
  readonly password: string;
  readonly deviceToken: string;
}

/** What a sign-up takes: credentials, and the module's own fields as they should be. */
export async function newSignUp({ auth, samples }: Pick<ModuleSubject, "auth" | "samples">) {
  const fields = (await samples.signUp?.(auth as never)) as object | undefined;
  return { ...newCredentials(), ...fields };
}

export async function newUser(subject: ModuleSubject): Promise<NewUser> {
  const { auth } = subject;
  const input = await newSignUp(subject);
  const { user, token, deviceToken } = await goIn(subject, { result: await auth.signUp(input), ...input });
  const { email, password } = input;
  return { auth: auth as never, userId: user.id, token, deviceToken, email, password };
}

/** The session of a sign-up or sign-in, after what the module asks for first. */
export async function goIn(
  { auth, samples, module }: Pick<ModuleSubject, "auth" | "samples" | "module">,
  { result, email }: { readonly result: NewSession | PendingSignIn; readonly email: string },
): Promise<NewSession> {
  if (!isPending(result)) return result;
  if (samples.passStep) return samples.passStep({ auth: auth as never, pending: result.pending, email });
  throw new Error(`${module.name} asks for a step, and samples.passStep does not say how it is done`);
}
