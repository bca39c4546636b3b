/** Names of the modules of ours that have a client. */
export const CLIENT_MODULES = ["email-verification", "oauth", "password-reset", "referrals", "two-factor"];

const clientOf = (name) => `${name.replaceAll(/-(\w)/g, (_dash, letter) => letter.toUpperCase())}Client`;

/** A page that calls every module by the client, and does not compile if anything is `any` or less than exact. */
export function typedPage() {
  return `
import { createAuthClient } from "wispy-auth/client";
${CLIENT_MODULES.map((name) => `import { ${clientOf(name)} } from "wispy-auth/${name}/client";`).join("\n")}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function exactly<Expected>() {
  return <Given>(_value: Given, _same: Same<Given, Expected>): void => undefined;
}

const client = createAuthClient({ baseUrl: "/auth", modules: [${CLIENT_MODULES.map(clientOf).join(", ")}] });
const made = await client.signUp({ email: "ada@example.com", password: "correct horse", referralCode: "BOB" });
if (!("pending" in made)) exactly<boolean | undefined>()(made.referrals?.redeemed, true);
exactly<string>()((await client.getSession()).user.email, true);
exactly<number>()((await client.referrals.stats({ days: 7 })).qualified, true);
exactly<string>()((await client.oauth.start({ provider: "google" })).url, true);
exactly<string[] | null>()((await client.twoFactor.confirmTotp({ code: "123456" })).recoveryCodes, true);
exactly<void>()(await client.emailVerification.send(), true);
exactly<true>()((await client.passwordReset.request({ email: "ada@example.com" })).accepted, true);
// @ts-expect-error The name in the path is asked for.
await client.revokeSession({});
// @ts-expect-error There is no such module.
void client.nothing;
`;
}
