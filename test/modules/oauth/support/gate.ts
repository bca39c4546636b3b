import { addSeconds, createToken, defineModule } from "wispy-auth/module";

/** A module that asks everybody who signs in for a step, as a second factor does. */
export function gate() {
  return defineModule({
    name: "gate",
    holdsUp: ["signIn"],
    start: ({ clock, random }) => ({
      api: {},
      hooks: {
        signIn: () =>
          // oxlint-disable-next-line require-yield
          function* () {
            const { token } = createToken("gate", random);
            return { methods: ["password"], token, expiresAt: addSeconds(clock.now(), 60) };
          },
      },
    }),
  });
}
