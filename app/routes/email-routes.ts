import { isAuthError } from "wispy-auth";

import type { AppAuth } from "../open-auth.ts";
import { deadLinkPage } from "../pages/dead-link-page.ts";
import { type LinkView, linkPage } from "../pages/email/link-page.ts";
import { errorPage } from "../pages/error-page.ts";
import { type Answer, field, type Route, type Routes } from "../web/visit.ts";

/** Where mails about addresses lead to. What is done while signed in is in account-routes.ts. */
export function emailRoutes(auth: AppAuth): Routes {
  return {
    "GET /verify-email": askFirst({
      heading: "Confirm your address",
      text: "One click, and we know that mails to this address reach you.",
      button: "Confirm",
      action: "/verify-email",
    }),

    "POST /verify-email": async ({ form, context, current }) => {
      try {
        await auth.emailVerification.confirm({ token: field(form, "token") }, context);
        return { location: `${current === null ? "/sign-in" : "/account"}?done=verified` };
      } catch (error) {
        return explainLink(error);
      }
    },

    "GET /undo-email-change": askFirst({
      heading: "Take the change back",
      text: "Your account gets its earlier address again, and is signed out everywhere. Choose a new password then.",
      button: "Take it back",
      action: "/undo-email-change",
    }),

    "POST /undo-email-change": async ({ form, context }) => {
      try {
        await auth.emailVerification.undoChange({ token: field(form, "token") }, context);
        return { location: "/forgot-password?done=email-restored", cookies: auth.sessionCookies(null) };
      } catch (error) {
        return explainLink(error);
      }
    },
  };
}

function askFirst(view: Omit<LinkView, "token">): Route {
  return ({ query }) => ({
    status: 200,
    page: linkPage({ ...view, token: query.get("token") ?? "" }),
    hasSecretAddress: true,
  });
}

function explainLink(error: unknown): Answer {
  if (isAuthError(error, "emailVerification.link_gone")) {
    return { status: 410, page: deadLinkPage({ href: "/account", text: "Go to your account" }) };
  }
  if (isAuthError(error, "user_exists")) {
    const message = "Meanwhile there is another account with this address.";
    return { status: 409, page: errorPage("That did not work", message) };
  }
  throw error;
}
