import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { newCredentials } from "../../support/create-test-auth.ts";
import { createHttpClient, type HttpClient } from "../../support/http-client.ts";
import { buildProgram, startProgram, type Program, type RunningProgram } from "../../support/run-program.ts";
import { createPostgresDatabase } from "../../support/test-database.ts";
import { createTemporaryFolder } from "../../support/temporary-folder.ts";
import { startExample } from "./start-example.ts";

/** Starts `examples/<name>` on each database and calls it as a browser would. */
export function exampleTests(name: string): void {
  describe.each(["postgres", "sqlite"] as const)(`examples/${name} (%s)`, (dialect) => {
    const cleanUps: (() => Promise<unknown>)[] = [];
    let running: RunningProgram;
    let url: string;

    beforeAll(async () => {
      const program = await buildExample(name);
      cleanUps.push(() => program.remove());
      // Without a URL it makes its SQLite file in the folder that it runs in.
      const folder = await createTemporaryFolder(name);
      cleanUps.push(() => folder.remove());
      const env = { PORT: "0", DATABASE_URL: "", NODE_ENV: "" };
      if (dialect === "postgres") {
        const database = await createPostgresDatabase({ server: inject("postgres") });
        cleanUps.push(() => database.drop());
        env.DATABASE_URL = database.url;
      }
      running = startProgram(program.file, { args: [], env, cwd: folder.path });
      cleanUps.push(async () => {
        running.process.kill("SIGKILL");
        await running.ended;
      });
      url = await startExample(running);
    });

    afterAll(async () => {
      for (const clean of cleanUps.reverse()) await clean();
    });

    const browser = (): HttpClient =>
      createHttpClient({ handler: (request) => fetch(request) }, { baseUrl: url, basePath: "" });
    const newOrganisation = (): { name: string; email: string; password: string } => ({
      name: `Organisation ${randomUUID()}`,
      ...newCredentials(),
    });

    it("makes an account and its organisation together, and signs the browser in", async () => {
      const client = browser();
      const organisation = newOrganisation();
      const founded = await client.post("/organisations", organisation);
      expect([founded.status, founded.body]).toEqual([
        201,
        { name: organisation.name, owner: organisation.email },
      ]);
      expect((await client.get("/auth/session")).body).toMatchObject({ user: { email: organisation.email } });
      expect((await client.get("/organisations")).body).toEqual({ names: [organisation.name] });
    });

    it("leaves no account behind when the name is taken", async () => {
      const taken = newOrganisation();
      await browser().post("/organisations", taken);
      const { name, ...credentials } = newOrganisation();
      const client = browser();
      const refused = await client.post("/organisations", { ...credentials, name: taken.name });
      expect([refused.status, refused.body]).toEqual([409, { error: "name_taken" }]);
      expect(client.cookies.size).toBe(0);
      expect((await client.post("/auth/sign-in", credentials)).status).toBe(401);
      expect((await client.post("/organisations", { ...credentials, name })).status).toBe(201);
    });

    it("leaves no organisation behind when the address is taken", async () => {
      const { email, password } = newOrganisation();
      await browser().post("/organisations", { ...newOrganisation(), email, password });
      const organisation = newOrganisation();
      const refused = await browser().post("/organisations", { ...organisation, email });
      expect([refused.status, refused.body]).toEqual([409, { error: "user_exists" }]);
      expect((await browser().post("/organisations", organisation)).status).toBe(201);
    });

    it("signs in and out, and shows an organisation to nobody but its owner", async () => {
      const { name, email, password } = newOrganisation();
      await browser().post("/organisations", { name, email, password });
      const client = browser();
      expect((await client.get("/organisations")).status).toBe(401);
      expect((await client.post("/auth/sign-in", { email, password })).status).toBe(200);
      expect((await client.get("/organisations")).body).toEqual({ names: [name] });
      await client.post("/auth/sign-out");
      expect((await client.get("/organisations")).status).toBe(401);
    });

    it("serves many at once", async () => {
      const statuses = await Promise.all(
        Array.from(
          { length: 5 },
          async () => (await browser().post("/organisations", newOrganisation())).status,
        ),
      );
      expect(statuses).toEqual(statuses.map(() => 201));
    });

    it("makes accounts in no other way, and answers nonsense", async () => {
      const client = browser();
      expect((await client.post("/auth/sign-up", newCredentials())).status).toBe(404);
      expect((await client.post("/organisations", { name: "No account" })).status).toBe(400);
      expect((await client.post("/organisations", { ...newOrganisation(), password: "short" })).status).toBe(
        422,
      );
      expect(
        (await client.post("/organisations", newOrganisation(), { origin: "http://evil.example" })).status,
      ).toBe(403);
      expect((await client.get("/nowhere")).status).toBe(404);
    });

    it("ends when it is asked to", async () => {
      running.process.kill("SIGTERM");
      const { code, stderr } = await running.ended;
      expect([code, stderr]).toEqual([0, ""]);
    });
  });
}

function buildExample(name: string): Promise<Program> {
  return buildProgram(`../../examples/${name}/main.ts`);
}
