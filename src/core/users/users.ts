import type { CoreEnvironment } from "../core-environment.ts";
import { parseEmailAddress } from "../input/email-address.ts";
import { requireString } from "../input/password-input.ts";
import { PreparedPassword } from "../prepared-password.ts";
import { ownRunner } from "../runner.ts";
import { createUserDirectory, type Users } from "./user-directory.ts";

/**
 * Checks and hashes; takes no connection. With the address the policy also refuses what is made of it.
 * @throws AuthError `invalid_input`, `password_rejected`, `overloaded`
 */
export async function preparePassword(
  { passwordPolicy, hasher }: CoreEnvironment,
  { password, email }: { readonly password: string; readonly email: string | undefined },
): Promise<PreparedPassword> {
  const text = requireString(password, "password");
  const address = email === undefined ? "" : parseEmailAddress(email).address;
  await passwordPolicy.check(text, { email: address });
  return new PreparedPassword(await hasher.hash(text));
}

/** The directory of users with passwords taken as typed. */
export function createUsers(environment: CoreEnvironment): Users {
  const directory = createUserDirectory(environment, ownRunner(environment.database));
  return {
    ...directory,
    async create({ password, ...input }) {
      if (password === undefined) return directory.create(input);
      const prepared =
        password instanceof PreparedPassword
          ? password
          : await preparePassword(environment, { password, email: input.email });
      return directory.create({ ...input, password: prepared });
    },
    async setPassword(id, password) {
      if (password instanceof PreparedPassword) return directory.setPassword(id, password);
      const email = (await directory.get(id))?.email;
      return directory.setPassword(id, await preparePassword(environment, { password, email }));
    },
  };
}
