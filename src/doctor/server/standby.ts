import { ok, type Check } from "../check.ts";

export const standby: Check = {
  id: "standby",
  title: "Whether the server is a standby",
  dialects: ["postgres"],
  async run({ server }) {
    if (!(await server()).inRecovery) return ok("The server is a primary");
    return [
      {
        severity: "error",
        message: "The server is a standby, in recovery: it refuses every write, sign-ins among them",
        fix: "Give the address of the primary, or of a proxy that follows it",
      },
    ];
  },
};
