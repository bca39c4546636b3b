import { randomUUID } from "node:crypto";
import { gifts } from "./support/gifts.ts";
import { testModule } from "./support/test-module.ts";

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
