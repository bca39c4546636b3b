import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createAuth } from "wispy-auth";
import { toHeaders, toNodeHandler } from "wispy-auth/node";
import { listenUntilStopped, send } from "../serve.ts";
import { consents } from "./consents/consents.ts";
import { openDatabase } from "./database.ts";

const { database, close } = openDatabase(process.env["DATABASE_URL"]);
const auth = await createAuth({
  database,
  cookie: { secure: process.env["NODE_ENV"] === "production" },
  modules: [
    consents({
      documents: {
        // A new version asks everybody again.
        terms: { version: process.env["TERMS_VERSION"] ?? "2026-01", url: "/terms", required: true },
        newsletter: { version: "1", url: "/newsletter" },
      },
    }),
  ],
});

const serveAuth = toNodeHandler(auth);
const server = createServer((request, response) => {
  if (request.url?.startsWith("/auth/")) serveAuth(request, response);
  else void answer(request, response);
});
listenUntilStopped(server, async () => {
  await auth.close();
  await close();
});

/** The application's own page: for those who are signed in and have accepted what is in force. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url !== "/welcome") return send(response, 404, { error: "not_found" });
  const current = await auth.getSession(toHeaders(request));
  if (current === null) return send(response, 401, { error: "unauthenticated" });
  const missing = await auth.consents.missing(current.user.id);
  if (missing.length > 0) return send(response, 403, { error: "consents_missing", documents: missing });
  send(response, 200, { welcome: current.user.email });
}
