import { createAuth } from "wispy-auth";
import { serve } from "../serve.ts";
import { openDatabase } from "./database.ts";
import { createTable, typeormOrganisations } from "./organisations.ts";

const { source, handle, close } = await openDatabase(process.env["DATABASE_URL"]);
const auth = await createAuth({
  database: handle,
  cookie: { secure: process.env["NODE_ENV"] === "production" },
  // An account made there would come without its organisation.
  disabledRoutes: ["signUp"],
});
await createTable(source, auth);
serve({ auth, organisations: typeormOrganisations(source, auth), close });
