import { createAuth } from "wispy-auth";
import { serve } from "../serve.ts";
import { openDatabase } from "./database.ts";
import { createTable, prismaOrganisations } from "./organisations.ts";

const { prisma, handle, close } = openDatabase(process.env["DATABASE_URL"]);
const auth = await createAuth({
  database: handle,
  cookie: { secure: process.env["NODE_ENV"] === "production" },
  // An account made there would come without its organisation.
  disabledRoutes: ["signUp"],
});
await createTable(prisma, auth);
serve({ auth, organisations: prismaOrganisations(prisma, auth), close });
