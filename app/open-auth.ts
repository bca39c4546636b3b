import { createAuth } from "wispy-auth";
import { emailVerification } from "wispy-auth/email-verification";
import { mail, type MailTransport } from "wispy-auth/mail";
import { oauth } from "wispy-auth/oauth";
import { passwordReset } from "wispy-auth/password-reset";
import { rateLimits } from "wispy-auth/rate-limits";
import { referrals } from "wispy-auth/referrals";
import { twoFactor } from "wispy-auth/two-factor";

import { attemptLimits } from "./attempt-limits.ts";
import { maxCodes, program } from "./invitations/program.ts";
import { openProviders } from "./providers.ts";
import { findSecret, type Settings } from "./settings.ts";

/** wispy-auth as this application uses it, with the APIs of its modules. */
export type AppAuth = Awaited<ReturnType<typeof openAuth>>;

/** How long a password counts as just given, for what matters most: connected accounts and the second step. */
export const freshnessSeconds = 30 * 60;

/** Opens the database and brings its tables up to date. */
export function openAuth(settings: Settings, transport: MailTransport) {
  const { databaseUrl, baseUrl, isProduction, port } = settings;
  // What is opened for a URL is no string: see openNotes() in application.ts.
  const database: unknown = databaseUrl;
  return createAuth({
    database,
    baseUrl,
    // The other name of this machine, which one types as easily.
    trustedOrigins: isProduction ? [] : [`http://127.0.0.1:${port}`],
    secret: findSecret(settings),
    // Secure cookies (`__Host-…`) need https, or a browser that trusts http://localhost as well, and Safari does not.
    // So they are left to production, where wispy-auth would refuse to start without them.
    cookie: { secure: isProduction },
    session: { freshnessSeconds },
    password: { appName: "Wispy Notes" },
    // An account made there would come without its first note (see sign-up.ts).
    disabledRoutes: ["signUp"],
    modules: [
      mail({ from: settings.mailFrom, transport, brand: { name: "Wispy Notes", color: "#3450c4" } }),
      passwordReset(),
      // Nobody is held up: a sign-up is one transaction with the first note, and its session begins at once.
      emailVerification({ required: false }),
      twoFactor({ issuer: "Wispy Notes", mail: true }),
      oauth({
        providers: openProviders(settings.providers),
        pages: { error: "/sign-in", pending: "/sign-in/second-step" },
        // An issuer on this machine, to try it out.
        allowLoopback: !isProduction,
      }),
      rateLimits({ limits: attemptLimits(isProduction) }),
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
