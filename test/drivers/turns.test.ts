import { expect, it } from "vitest";
import { Turns } from "../../src/database/drivers/turns.ts";

it("turns are taken one after the other, in the order they were asked for", async () => {
  const turns = new Turns();
  const order: number[] = [];
  await Promise.all(
    Array.from({ length: 5 }, async (_, caller) => {
      const end = await turns.take(10_000);
      order.push(caller);
      await new Promise(setImmediate);
      order.push(caller);
      end();
    }),
  );
  expect(order).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
  expect([turns.idle, turns.waiting]).toEqual([true, 0]);
});

it("a turn that does not come in time is given up, and those behind it get theirs", async () => {
  const turns = new Turns();
  const end = await turns.take(10_000);
  const late = turns.take(1);
  const patient = turns.take(10_000);
  await expect(late).rejects.toMatchObject({ code: "connection_timeout" });
  expect([turns.idle, turns.waiting]).toEqual([false, 2]);
  end();
  const endPatient = await patient;
  expect(turns.waiting).toBe(0);
  endPatient();
  expect(turns.idle).toBe(true);
});
