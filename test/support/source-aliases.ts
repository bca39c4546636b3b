import { fileURLToPath } from "node:url";

const source = (path: string): string => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

/** The public names of the package, and the sources that tests get for them. The same as `paths` in tsconfig.json. */
export const sourceAliases: readonly { readonly name: string; readonly file: string }[] = [
  { name: "wispy-auth", file: source("index.ts") },
  { name: "wispy-auth/module", file: source("module.ts") },
  { name: "wispy-auth/module/input", file: source("contract/route-input.ts") },
  { name: "wispy-auth/referrals", file: source("modules/referrals/index.ts") },
  { name: "wispy-auth/referrals/client", file: source("modules/referrals/client.ts") },
  { name: "wispy-auth/mail", file: source("modules/mail/index.ts") },
  { name: "wispy-auth/oauth", file: source("modules/oauth/index.ts") },
  { name: "wispy-auth/oauth/client", file: source("modules/oauth/client.ts") },
  { name: "wispy-auth/email-verification", file: source("modules/email-verification/index.ts") },
  { name: "wispy-auth/email-verification/client", file: source("modules/email-verification/client.ts") },
  { name: "wispy-auth/password-reset", file: source("modules/password-reset/index.ts") },
  { name: "wispy-auth/password-reset/client", file: source("modules/password-reset/client.ts") },
  { name: "wispy-auth/rate-limits", file: source("modules/rate-limits/index.ts") },
  { name: "wispy-auth/two-factor", file: source("modules/two-factor/index.ts") },
  { name: "wispy-auth/two-factor/client", file: source("modules/two-factor/client.ts") },
  { name: "wispy-auth/client", file: source("client/index.ts") },
  { name: "wispy-auth/node", file: source("http/adapters/node.ts") },
  { name: "wispy-auth/testing", file: source("testing/index.ts") },
  { name: "wispy-auth/adopt", file: source("adopt/index.ts") },
  { name: "wispy-auth/doctor", file: source("doctor/index.ts") },
];
