import { expect, it, vi } from "vitest";
import { withKnownOutcome } from "../../src/core/known-outcome.ts";
import { AuthError } from "../../src/errors.ts";

const unknown = new AuthError("outcome_unknown", { message: "lost" });
const unreachable = new AuthError("database_unavailable", { message: "down" });

it("an outcome stays unknown when the database cannot be reached to find it out", async () => {
  const lookUp = async (): Promise<null> => Promise.reject(unreachable);
  await expect(withKnownOutcome(() => Promise.reject(unknown), lookUp)).rejects.toBe(unknown);
});

it("an outcome stays unknown when the second run cannot reach the database", async () => {
  const run = vi.fn<() => Promise<string>>().mockRejectedValueOnce(unknown).mockRejectedValue(unreachable);
  await expect(withKnownOutcome(run, async () => null)).rejects.toBe(unknown);
  expect(run).toHaveBeenCalledTimes(2);
});

it("a database that cannot be reached before anything was sent is told of as such", async () => {
  const lookUp = async (): Promise<string> => "found";
  await expect(withKnownOutcome(() => Promise.reject(unreachable), lookUp)).rejects.toBe(unreachable);
});
