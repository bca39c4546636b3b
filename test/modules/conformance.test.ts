import { randomUUID } from "node:crypto";
import { isPending } from "wispy-auth";
import { gifts } from "./support/gifts.ts";
import { keeper } from "./support/keeper.ts";
import { testModule } from "./support/test-module.ts";
import { tickets } from "./support/tickets.ts";

testModule({
  name: "gifts",
  create: () => gifts(),
  samples: {
    signUp: () => ({ wish: randomUUID().slice(0, 20) }),
    refusedSignUps: { "a long wish": { wish: "a wish of more than twenty letters" }, "no wish": { wish: 7 } },
    calls: { count: ({ auth, userId }) => auth.gifts.count(userId) },
    requests: { "gifts.count": () => ({}) },
  },
});

testModule({
  name: "keeper, which holds up sign-ups and sign-ins",
  create: () => keeper(),
  samples: {
    signUp: () => ({ name: "guarded" }),
    async passStep({ auth, pending }) {
      const result = await auth.keeper.answer(pending.token);
      if (isPending(result)) throw new Error("one step is all it asks for");
      return result;
    },
    calls: { enter: ({ auth, userId }) => auth.keeper.enter(userId) },
  },
});

testModule({
  name: "tickets, whose part in a sign-up is statements alone",
  create: () => tickets(),
  samples: {
    async signUp(auth) {
      const show = randomUUID();
      await auth.tickets.open(show, 1);
      return { show };
    },
    calls: { seats: ({ auth, userId }) => auth.tickets.seats(userId) },
    // The audience stays what it was.
    columnsThatKeepUsers: ["seats.user_id"],
  },
});
