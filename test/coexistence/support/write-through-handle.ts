import { setTimeout as sleep } from "node:timers/promises";
import { createAuth } from "wispy-auth";
import { connect } from "../../../src/database/connect.ts";
import { isAuthError } from "../../../src/errors.ts";
import { cheapHasher, newCredentials } from "../../support/create-test-auth.ts";
import type { DriverHandle } from "../../support/driver-handles.ts";
import { atPublic, countUp, findThing, nameThing } from "./things.ts";

/** What callers were told. Ids are of `our_things`, or of users. */
export interface Told {
  readonly done: readonly number[];
  /** Errors that say that nothing was written. */
  readonly failed: readonly number[];
  readonly signedUp: readonly string[];
  /** How often each error came; one that is not ours by its words. */
  readonly errors: Readonly<Record<string, number>>;
  /** Whether the session from before was found at the end. */
  readonly sessionAlive: boolean;
}

/** Callers that write through the library, whatever becomes of the connections beneath. */
export interface Writing {
  begin(): void;
  finish(): Promise<Told>;
}

/** Opens the handle; `our_things` are there. `discards`: the application discards the state of its sessions all the time. */
export async function writeThrough(
  handle: DriverHandle,
  { url, discards }: { readonly url: string; readonly discards: boolean },
): Promise<Writing> {
  const host = await handle.open(url, { mortal: true });
  const data = await connect(host.database, atPublic);
  const auth = await createAuth({
    database: host.database,
    password: { hasher: cheapHasher },
    log: () => undefined,
  });
  const { token } = await auth.signUp(newCredentials());

  const [done, failed, signedUp]: [number[], number[], string[]] = [[], [], []];
  const errors: Record<string, number> = {};
  const note = (error: unknown): string => {
    const text = isAuthError(error) ? error.code : `not ours: ${String(error)}`;
    errors[text] = (errors[text] ?? 0) + 1;
    return text;
  };
  let id = 1000;
  const write = async (run: (id: number) => Promise<unknown>): Promise<void> => {
    const mine = (id += 1);
    try {
      await run(mine);
      done.push(mine);
    } catch (error) {
      if (note(error) !== "outcome_unknown") failed.push(mine);
    }
  };
  const writeAndCount = (mine: number): Promise<unknown> =>
    data.transaction(function* (tx) {
      yield* tx.run(nameThing, { id: mine, label: "counted" });
      yield* tx.one(findThing, { id: mine });
      yield* tx.run(countUp, { id: 1 });
    });
  const works: readonly (() => Promise<unknown>)[] = [
    () => write(writeAndCount),
    () => write((mine) => data.run(nameThing, { id: mine, label: "alone" })),
    () => auth.signUp(newCredentials()).then(({ user }) => signedUp.push(user.id), note),
    () => auth.getSession(token).catch(note),
    () => (discards ? host.query("discard all").catch(() => undefined) : sleep(10)),
  ];

  let over = false;
  const callOver = async (work: () => Promise<unknown>): Promise<void> => {
    while (!over) {
      await work();
      // A handle that refuses everything at once would leave no time for anybody else.
      await sleep(5);
    }
  };
  const callers: Promise<void>[] = [];
  return {
    begin: () => void callers.push(...works.map(callOver)),
    async finish() {
      over = true;
      await Promise.all(callers);
      const sessionAlive = await auth.getSession(token).then(
        (found) => found !== null,
        () => false,
      );
      await data.close();
      await auth.close();
      await host.close();
      return { done, failed, signedUp, errors, sessionAlive };
    },
  };
}
