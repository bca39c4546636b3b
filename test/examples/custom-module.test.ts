import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { newCredentials } from "../support/create-test-auth.ts";
import { createHttpClient, type HttpClient } from "../support/http-client.ts";
import { buildProgram, startProgram, type Program } from "../support/run-program.ts";
import { createPostgresDatabase } from "../support/test-database.ts";
import { createTemporaryFolder } from "../support/temporary-folder.ts";
import { startExample } from "./support/start-example.ts";

describe.each(["postgres", "sqlite"] as const)("examples/custom-module (%s)", (dialect) => {
  const cleanUps: (() => Promise<unknown>)[] = [];
  let program: Program;
  let folder: string;
  const env = { PORT: "0", DATABASE_URL: "", NODE_ENV: "" };

  beforeAll(async () => {
    program = await buildProgram("../../examples/custom-module/main.ts");
    cleanUps.push(() => program.remove());
    const created = await createTemporaryFolder("custom-module");
    cleanUps.push(() => created.remove());
    folder = created.path;
    if (dialect === "postgres") {
      const database = await createPostgresDatabase({ server: inject("postgres") });
      cleanUps.push(() => database.drop());
      env.DATABASE_URL = database.url;
    }
  });
  afterAll(async () => {
    for (const clean of cleanUps.reverse()) await clean();
  });

  /** Starts it with a version of the terms, and ends it as it is asked to. */
  const whileRunning = async (
    version: string,
    use: (browser: () => HttpClient) => Promise<void>,
  ): Promise<void> => {
    const running = startProgram(program.file, {
      args: [],
      env: { ...env, TERMS_VERSION: version },
      cwd: folder,
    });
    try {
      const url = await startExample(running);
      await use(() =>
        createHttpClient({ handler: (request) => fetch(request) }, { baseUrl: url, basePath: "" }),
      );
      running.process.kill("SIGTERM");
      const { code, stderr } = await running.ended;
      expect([code, stderr]).toEqual([0, ""]);
    } finally {
      running.process.kill("SIGKILL");
      await running.ended;
    }
  };

  it("asks for what is required at the sign-up, and again when another version comes into force", async () => {
    const credentials = newCredentials();
    await whileRunning("2026-01", async (browser) => {
      const client = browser();
      const { body } = await client.get("/auth/consents/documents");
      expect(body).toMatchObject({ documents: [{ document: "terms", version: "2026-01" }, {}] });
      const without = await client.post("/auth/sign-up", credentials);
      expect([without.status, without.body]).toMatchObject([
        422,
        { code: "consents.required", documents: ["terms"] },
      ]);
      expect((await client.post("/auth/sign-in", credentials)).status).toBe(401);
      const acceptedVersions = { terms: "2026-01" };
      const signedUp = await client.post("/auth/sign-up", { ...credentials, acceptedVersions });
      expect([signedUp.status, signedUp.body]).toMatchObject([201, { consents: { accepted: ["terms"] } }]);
      expect((await client.get("/welcome")).body).toEqual({ welcome: credentials.email });
    });

    await whileRunning("2026-02", async (browser) => {
      const client = browser();
      expect((await client.get("/welcome")).status).toBe(401);
      expect((await client.post("/auth/sign-in", credentials)).status).toBe(200);
      const kept = await client.get("/welcome");
      expect([kept.status, kept.body]).toMatchObject([403, { documents: [{ version: "2026-02" }] }]);
      const outdated = await client.post("/auth/consents/own", { versions: { terms: "2026-01" } });
      expect([outdated.status, outdated.body]).toMatchObject([
        409,
        { code: "consents.outdated", document: "terms", version: "2026-02" },
      ]);
      await client.post("/auth/consents/own", { versions: { terms: "2026-02", newsletter: "1" } });
      expect((await client.get("/welcome")).status).toBe(200);
      expect((await client.delete("/auth/consents/own/newsletter")).status).toBe(204);
      expect((await client.delete("/auth/consents/own/newsletter")).status).toBe(404);
      expect((await client.delete("/auth/consents/own/terms")).status).toBe(409);
      const { body } = await client.get("/auth/consents/history");
      const { records } = body as { records: { document: string; version: string; accepted: boolean }[] };
      const said = records.map(
        ({ document, version, accepted }) => `${document} ${version} ${String(accepted)}`,
      );
      expect(said.toSorted()).toEqual([
        "newsletter 1 false",
        "newsletter 1 true",
        "terms 2026-01 true",
        "terms 2026-02 true",
      ]);
    });
  });

  it("passes the conformance suite with the runner of Node.js", async () => {
    const suite = await buildProgram("../../examples/custom-module/conformance.ts");
    cleanUps.push(() => suite.remove());
    const { code, stdout } = await suite.start([], { ...env, NODE_TEST_CONTEXT: "" }).ended;
    expect(stdout).toMatch(/^(?:#|ℹ) fail 0$/m);
    expect(stdout).toMatch(/^(?:#|ℹ) pass [1-9]\d+$/m);
    expect(code).toBe(0);
  }, 300_000);
});
