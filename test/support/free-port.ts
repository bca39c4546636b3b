import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * A TCP port on 127.0.0.1 that was free a moment ago. It lies below the range that the system takes ports for
 * outgoing connections from: no client can take it while a server is down, or connect to itself by accident.
 */
export async function findFreePort(): Promise<number> {
  const port = randomInt(20_000, 32_000);
  return (await isFree(port)) ? port : findFreePort();
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => void server.close(() => resolve(true)));
  });
}
