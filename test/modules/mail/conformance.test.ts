import { mail } from "wispy-auth/mail";
import { testModule } from "../support/test-module.ts";
import { failingTransport } from "./support/failing-transport.ts";

testModule({
  name: "mail",
  create: () => mail({ from: "Acme <no-reply@acme.example>", transport: failingTransport() }),
  samples: {
    calls: {
      deliver: ({ auth }) => auth.mail.deliver(),
      listDead: ({ auth }) => auth.mail.listDead(),
      stats: ({ auth }) => auth.mail.stats(),
    },
  },
});
