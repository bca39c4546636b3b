import type { HostDatabase } from "../host-database.ts";
import type { AnyAuth } from "./module-under-test.ts";

/**
 * Leaves one connection of the application's pool to everybody, as a small pool under load does: whoever holds it
 * and waits for a second one waits for ever.
 * @returns gives the others back
 */
export async function holdAllConnectionsButOne(
  host: HostDatabase,
  auth: AnyAuth,
): Promise<() => Promise<void>> {
  const { max } = auth.database.stats().connections;
  const count = host.dialect === "sqlite" || host.oneConnection === true ? 0 : max - 1;
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const held: Promise<void>[] = [];
  for (let i = 0; i < count; i += 1) {
    await new Promise<void>((resolve, reject) => {
      const holding = host.inTransaction<void>(function* (transaction) {
        yield transaction.query("select 1 as one");
        resolve();
        yield ended;
      });
      holding.catch(reject);
      held.push(holding);
    });
  }
  return async () => {
    end();
    await Promise.all(held);
  };
}
