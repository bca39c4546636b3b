import { exitCodes } from "../exit-codes.ts";
import type { Command } from "./command.ts";

/** Checks and changes nothing; what is wrong is the error it ends with. */
export const verify: Command = async ({ terminal, open }) => {
  const { schema, place } = await open();
  terminal.print(terminal.style("dim", place));
  const report = await schema.verify();
  terminal.print(terminal.style("green", "The schema is current, and nothing has drifted"));
  return { exitCode: exitCodes.ok, json: { ...report } };
};
