import type { coreContracts } from "../http/routes/core-contracts.ts";
import type { RouteTable } from "./route-methods.ts";

/** The routes of the core, as much of them as a client needs. */
export const coreClientRoutes: RouteTable<typeof coreContracts> = {
  signUp: "POST /sign-up",
  signIn: "POST /sign-in",
  signOut: "POST /sign-out",
  getSession: "GET /session",
  listSessions: "GET /sessions",
  revokeSession: "DELETE /sessions/:id",
  revokeOtherSessions: "DELETE /sessions",
  changePassword: "POST /password/change",
  confirmPassword: "POST /password/confirm",
  deleteUser: "DELETE /user",
  health: "GET /health",
};
