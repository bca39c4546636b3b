import { emailOTP } from "better-auth/plugins/email-otp";
import { magicLink as betterMagicLink } from "better-auth/plugins/magic-link";
import { twoFactor as betterTwoFactor } from "better-auth/plugins/two-factor";
import { twoFactor } from "../../dist/modules/two-factor/index.js";
import { codeNow } from "../support/authenticator.mjs";
import { createBrowser } from "../support/browser.mjs";
import { magicLink } from "../support/magic-link-module.mjs";
import { startIssuer } from "../support/oidc-issuer.mjs";
import { createBetterAuth } from "../subjects/better-auth.mjs";
import {
  REDIRECT_URIS,
  betterOAuthPlugin,
  goToProvider,
  startBetterOAuth,
  startWispyOAuth,
  wispyOAuthOptions,
} from "../subjects/oauth.mjs";
import { APP_URL, PASSWORD } from "../subjects/subject.mjs";
import { createWispyAuth } from "../subjects/wispy-auth.mjs";
import { withPool } from "./scene.mjs";

/**
 * Somebody with a second factor comes in by each way that the application has, each time from a browser that was not
 * seen before. A way asks if there is no session until a recovery code is given, and there is one then.
 *
 * @type {import("./scene.mjs").Claim}
 */
export const secondFactor = {
  number: 19,
  text: "the second factor is asked for on every way in, an OAuth provider and mailed links included",
  ours: (server) => observe(server, "claim_19_ours", stageOfOurs),
  theirs: (server) => observe(server, "claim_19_theirs", stageOfTheirs),
};

async function observe(server, name, openStage) {
  const issuer = await startIssuer(REDIRECT_URIS);
  try {
    return await withPool(server, { name }, async (pool) => {
      const person = issuer.newPerson();
      const { subject, ways, enrol, answer } = await openStage({ pool, issuer, person });
      const recoveryCodes = await enrol(createBrowser(subject.auth));
      const seen = {};
      for (const [way, enter] of Object.entries(ways)) {
        const browser = createBrowser(subject.auth);
        const isIn = async () => Boolean(await subject.checkSession(browser.headers()));
        await enter(browser);
        if (await isIn()) seen[way] = "let in without";
        else {
          await answer(browser, recoveryCodes.pop());
          seen[way] = (await isIn()) ? "asked" : "no way in";
        }
      }
      return {
        held: Object.values(seen).every((words) => words === "asked"),
        saw: Object.entries(seen)
          .map((pair) => pair.join(": "))
          .join("; "),
      };
    });
  } finally {
    await issuer.stop();
  }
}

async function stageOfOurs({ pool, issuer, person }) {
  const { modules, secret } = wispyOAuthOptions(issuer);
  const all = [...modules, magicLink(), twoFactor({ issuer: "Bench" })];
  const subject = await createWispyAuth(pool, { hashing: false, options: { secret, modules: all } });
  const { auth } = subject;
  const { email } = person;
  const { id } = await auth.users.create({ email, password: PASSWORD, emailVerified: true });
  const byProvider = async (browser) => browser.get(await goToProvider(browser, startWispyOAuth, person));
  const byPassword = (browser) => browser.post("/auth/sign-in", { email, password: PASSWORD });
  return {
    subject,
    async enrol(browser) {
      await byProvider(browser);
      const { uri } = await jsonOf(await browser.post("/auth/two-factor/totp", {}));
      const confirmed = await browser.post("/auth/two-factor/totp/confirm", { code: codeNow(uri) });
      return (await jsonOf(confirmed)).recoveryCodes;
    },
    answer: (browser, code) => browser.post("/auth/two-factor/answer", { method: "recoveryCode", code }),
    ways: {
      password: byPassword,
      "OAuth provider": byProvider,
      "link by mail": (browser) => browser.post("/auth/magic-link", { token: auth.magicLink.createLink(id) }),
    },
  };
}

/** Every plugin as its documentation shows it; what would be mailed is kept. */
async function stageOfTheirs({ pool, issuer, person }) {
  const { email } = person;
  const mailed = {};
  const plugins = [
    betterOAuthPlugin(issuer),
    betterTwoFactor(),
    betterMagicLink({ sendMagicLink: async ({ url }) => void (mailed.url = url) }),
    emailOTP({ sendVerificationOTP: async ({ otp }) => void (mailed.otp = otp) }),
  ];
  const subject = await createBetterAuth(pool, { hashing: false, options: { plugins } });
  await subject.signUp(email);
  await pool.query(`update "user" set "emailVerified" = true`);
  const byProvider = async (browser) => browser.get(await goToProvider(browser, startBetterOAuth, person));
  return {
    subject,
    async enrol(browser) {
      await byProvider(browser);
      const body = { password: PASSWORD };
      const { totpURI, backupCodes } = await jsonOf(await browser.post(path("two-factor/enable"), body));
      await jsonOf(await browser.post(path("two-factor/verify-totp"), { code: codeNow(totpURI) }));
      return backupCodes;
    },
    answer: (browser, code) => browser.post(path("two-factor/verify-backup-code"), { code }),
    ways: {
      password: (browser) => browser.post(path("sign-in/email"), { email, password: PASSWORD }),
      "OAuth provider": byProvider,
      async "link by mail"(browser) {
        await browser.post(path("sign-in/magic-link"), { email });
        await browser.get(mailed.url.slice(APP_URL.length));
      },
      async "code by mail"(browser) {
        await browser.post(path("email-otp/send-verification-otp"), { email, type: "sign-in" });
        await browser.post(path("sign-in/email-otp"), { email, otp: mailed.otp });
      },
    },
  };
}

const path = (rest) => `/api/auth/${rest}`;

async function jsonOf(response) {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}
