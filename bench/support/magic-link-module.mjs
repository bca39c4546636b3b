import { randomUUID } from "node:crypto";
import { defineModule, implementRoute } from "../../dist/module.js";
import { boundedText, strictInput } from "../../dist/contract/route-input.js";

/**
 * A way in that an application adds to wispy-auth: a link by mail, written with what modules of anybody have. Links
 * are kept in memory, because what is tried is what happens once one is followed.
 */
export function magicLink() {
  const links = new Map();
  return defineModule({
    name: "magicLink",
    start: ({ accounts, answerSignIn }) => ({
      api: {
        createLink(userId) {
          const token = randomUUID();
          links.set(token, userId);
          return token;
        },
      },
      routes: () => [
        implementRoute(
          {
            id: "magicLink.follow",
            method: "POST",
            path: "/magic-link",
            summary: "Sign in by a mailed link",
            credential: "optional",
            input: strictInput({ token: boundedText(100) }),
            status: 200,
            output: "signedIn",
            errors: [],
          },
          async (call) => {
            const userId = links.get(call.input.token) ?? "";
            links.delete(call.input.token);
            const { context } = call;
            return answerSignIn(call, await accounts.openSession({ userId, method: "magicLink", context }));
          },
        ),
      ],
    }),
  });
}
