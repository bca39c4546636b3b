import type { MemoryTransport } from "wispy-auth/mail";

import { inboxPage } from "../pages/mail/inbox-page.ts";
import { mailPage } from "../pages/mail/mail-page.ts";
import { Refusal } from "../web/refusal.ts";
import type { Routes } from "../web/visit.ts";

/** What mails say, for the developer: everybody can read them all, so there are no such pages in production. */
export function devMailRoutes(inbox: MemoryTransport): Routes {
  return {
    "GET /dev/mail": ({ current }) => ({
      status: 200,
      page: inboxPage({ user: current?.user ?? null, messages: inbox.messages.toReversed() }),
    }),

    "GET /dev/mail/:id": ({ current, params }) => {
      const message = inbox.messages.find(({ messageId }) => messageId === params["id"]);
      if (message === undefined) throw new Refusal(404, "There is no such mail any more.");
      return {
        status: 200,
        page: mailPage({ user: current?.user ?? null, message }),
        showsMail: true,
      };
    },
  };
}
