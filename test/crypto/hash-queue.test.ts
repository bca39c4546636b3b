import { describe, expect, test } from "vitest";
import { createHashQueue, defaultHashSlots, queuedHasher } from "../../src/crypto/hash-queue.ts";
import type { PasswordHasher } from "../../src/crypto/password-hasher.ts";
import { isAuthError } from "../../src/errors.ts";

/** Work that ends when the test says so. */
class Work {
  readonly #started: number[] = [];
  readonly #finish: (() => void)[] = [];

  get started(): readonly number[] {
    return this.#started;
  }

  readonly start = (id: number) => async (): Promise<number> => {
    this.#started.push(id);
    await new Promise<void>((resolve) => this.#finish.push(resolve));
    return id;
  };

  finishNext(): void {
    this.#finish.shift()?.();
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("PW-12: the slots leave two threads of libuv's pool free", () => {
  test.each([
    { cores: 2, threadPoolSize: undefined, slots: 2 },
    { cores: 16, threadPoolSize: undefined, slots: 2 },
    { cores: 1, threadPoolSize: undefined, slots: 1 },
    { cores: 16, threadPoolSize: "16", slots: 14 },
    { cores: 8, threadPoolSize: "16", slots: 8 },
    { cores: 8, threadPoolSize: "3", slots: 1 },
    { cores: 8, threadPoolSize: "2", slots: 1 },
    { cores: 8, threadPoolSize: "1", slots: 1 },
    { cores: 8, threadPoolSize: "0", slots: 2 },
    { cores: 8, threadPoolSize: "many", slots: 2 },
    { cores: 8, threadPoolSize: "", slots: 2 },
  ])("$cores cores and a pool of $threadPoolSize give $slots", ({ slots, ...machine }) => {
    expect(defaultHashSlots(machine)).toBe(slots);
  });
});

describe("PW-12: the queue is bounded", () => {
  test("no more works run at once than there are slots, and they start in the order they came", async () => {
    const work = new Work();
    const queue = createHashQueue({ slots: 2, waiting: 32 });
    const all = Promise.all([1, 2, 3, 4, 5].map((id) => queue.run(work.start(id))));
    await settle();
    expect(work.started).toEqual([1, 2]);
    work.finishNext();
    await settle();
    expect(work.started).toEqual([1, 2, 3]);
    while (work.started.length < 5) {
      work.finishNext();
      await settle();
    }
    work.finishNext();
    work.finishNext();
    expect(await all).toEqual([1, 2, 3, 4, 5]);
  });

  test("with 2 slots and 64 places the 67th caller is told to come back, at once", async () => {
    const work = new Work();
    const queue = createHashQueue({ slots: 2 });
    const accepted = Array.from({ length: 66 }, (_, id) => queue.run(work.start(id)));
    const refusal: unknown = await queue.run(work.start(66)).catch((error: unknown) => error);
    expect(isAuthError(refusal, "overloaded") && refusal.data.retryAfterSeconds).toBe(1);
    expect(work.started).toEqual([0, 1]);
    for (let done = 0; done < 66; done += 1) {
      work.finishNext();
      await settle();
    }
    expect(await Promise.all(accepted)).toHaveLength(66);
    expect(work.started).not.toContain(66);
  });

  test("a slot comes free whether its work succeeds, rejects or throws", async () => {
    const queue = createHashQueue({ slots: 1, waiting: 0 });
    await expect(queue.run(() => Promise.reject(new Error("rejected")))).rejects.toThrow("rejected");
    const throws = (): Promise<never> => {
      throw new Error("thrown");
    };
    await expect(queue.run(throws)).rejects.toThrow("thrown");
    expect(await queue.run(() => Promise.resolve("done"))).toBe("done");
    expect(await queue.run(() => Promise.resolve("again"))).toBe("again");
  });

  test("a newcomer never overtakes the one who waits", async () => {
    const work = new Work();
    const queue = createHashQueue({ slots: 1, waiting: 2 });
    const first = queue.run(work.start(1));
    const second = queue.run(work.start(2));
    await settle();
    work.finishNext();
    await first;
    const third = queue.run(work.start(3));
    await settle();
    expect(work.started).toEqual([1, 2]);
    work.finishNext();
    await second;
    await settle();
    work.finishNext();
    expect(await third).toBe(3);
  });
});

test("PW-12: hashing and verifying share the slots of one queue", async () => {
  const work = new Work();
  const slow: PasswordHasher = {
    hash: async () => String(await work.start(1)()),
    verify: async () => ({ valid: (await work.start(2)()) === 2, outdated: false }),
  };
  const hasher = queuedHasher(slow, createHashQueue({ slots: 1, waiting: 1 }));
  const hashed = hasher.hash("password");
  const verified = hasher.verify(null, "password");
  await expect(hasher.hash("password")).rejects.toMatchObject({ code: "overloaded" });
  expect(work.started).toEqual([1]);
  work.finishNext();
  expect(await hashed).toBe("1");
  await settle();
  work.finishNext();
  expect(await verified).toEqual({ valid: true, outdated: false });
});
