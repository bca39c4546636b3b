import { addSeconds, createToken, defineModule, type User } from "wispy-auth/module";

/** A module that asks for a step when somebody signs in, as a second factor does: everybody, or those it is told of. */
export function gate(isAsked: (user: User) => boolean = () => true) {
  return defineModule({
    name: "gate",
    holdsUp: ["signIn"],
    start: ({ clock, random }) => ({
      api: {},
      hooks: {
        signIn: ({ user }) =>
          // oxlint-disable-next-line require-yield
          function* () {
            if (!isAsked(user)) return null;
            const { token } = createToken("gate", random);
            return { methods: ["password"], token, expiresAt: addSeconds(clock.now(), 60) };
          },
      },
    }),
  });
}
