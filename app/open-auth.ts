import { createAuth } from "wispy-auth";
import { referrals } from "wispy-auth/referrals";

import { maxCodes, program } from "./invitations/program.ts";
import { findSecret, type Settings } from "./settings.ts";

/** wispy-auth as this application uses it, with the APIs of its modules. */
export type AppAuth = Awaited<ReturnType<typeof openAuth>>;

/** Opens the database and brings its tables up to date. */
export function openAuth(settings: Settings) {
  const { databaseUrl, baseUrl, isProduction } = settings;
  // What is opened for a URL is no string: see openNotes() in application.ts.
  const database: unknown = databaseUrl;
  return createAuth({
    database,
    baseUrl,
    secret: findSecret(settings),
    // Secure cookies (`__Host-…`) need https, or a browser that trusts http://localhost as well, and Safari does not.
    // So they are left to production, where wispy-auth would refuse to start without them.
    cookie: { secure: isProduction },
    password: { appName: "Wispy Notes" },
    // An account made there would come without its first note (see sign-up.ts).
    disabledRoutes: ["signUp"],
    modules: [
      referrals({
        programs: { default: program },
        maxCodesPerUser: maxCodes,
        attribution: { touch: "last" },
        // While developing, everybody is at one address, and trying an invitation out is no fraud.
        review: isProduction ? {} : { sameAddressWithinSeconds: 0, sameDevice: false },
      }),
    ],
  });
}
