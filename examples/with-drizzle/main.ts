import { createAuth } from "wispy-auth";
import { serve } from "../serve.ts";
import { openDatabase } from "./database.ts";
import { createTable, drizzleOrganisations } from "./organisations.ts";

const { db, close } = openDatabase(process.env["DATABASE_URL"]);
const auth = await createAuth({
  database: db,
  cookie: { secure: process.env["NODE_ENV"] === "production" },
  // An account made there would come without its organisation.
  disabledRoutes: ["signUp"],
});
await createTable(db, auth);
serve({ auth, organisations: drizzleOrganisations(db, auth), close });
