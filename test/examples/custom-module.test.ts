import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAuthClient } from "wispy-auth/client";
import { consentsClient } from "../../examples/custom-module/consents/client.ts";
import { browserSide, failureOf } from "../client/support/client-fetch.ts";
import { newCredentials } from "../support/create-test-auth.ts";
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

  /** What a page of the application has: the typed client, and the application's own routes. */
  const pageAt = (url: string) => {
    const { fetch: fetchAsPage } = browserSide({ handler: (request) => fetch(request) }, { origin: url });
    const modules = [consentsClient] as const;
    const getWelcome = async () => {
      const response = await fetchAsPage(`${url}/welcome`, { method: "GET" });
      return { status: response.status, body: (await response.json()) as unknown };
    };
    const client = createAuthClient({ baseUrl: `${url}/auth`, fetch: fetchAsPage, modules });
    return { client, getWelcome };
  };

  /** Starts it with a version of the terms, and ends it as it is asked to. */
  const whileRunning = async (
    version: string,
    use: (openPage: () => ReturnType<typeof pageAt>) => Promise<void>,
  ): Promise<void> => {
    const running = startProgram(program.file, {
      args: [],
      env: { ...env, TERMS_VERSION: version },
      cwd: folder,
    });
    try {
      const url = await startExample(running);
      await use(() => pageAt(url));
      running.process.kill("SIGTERM");
      const { code, stderr } = await running.ended;
      expect([code, stderr]).toEqual([0, ""]);
    } finally {
      running.process.kill("SIGKILL");
      await running.ended;
    }
  };

  it("asks for what is required at the sign-up, and again when another version comes into force", async () => {
    const account = newCredentials();
    await whileRunning("2026-01", async (openPage) => {
      const { client, getWelcome } = openPage();
      const { documents } = await client.consents.documents();
      expect(documents).toMatchObject([{ document: "terms", version: "2026-01" }, {}]);
      expect(await failureOf(client.signUp(account))).toMatchObject({
        code: "consents.required",
        status: 422,
        data: { documents: ["terms"] },
      });
      expect(await failureOf(client.signIn(account))).toMatchObject({ code: "invalid_credentials" });
      const signedUp = await client.signUp({ ...account, acceptedVersions: { terms: "2026-01" } });
      if ("pending" in signedUp) throw new Error("there is no session yet");
      expect(signedUp.consents?.accepted).toEqual(["terms"]);
      expect(await getWelcome()).toMatchObject({ body: { welcome: account.email } });
    });

    await whileRunning("2026-02", async (openPage) => {
      const { client, getWelcome } = openPage();
      expect(await getWelcome()).toMatchObject({ status: 401 });
      await client.signIn(account);
      expect(await getWelcome()).toMatchObject({
        status: 403,
        body: { documents: [{ version: "2026-02" }] },
      });
      expect(await failureOf(client.consents.accept({ versions: { terms: "2026-01" } }))).toMatchObject({
        code: "consents.outdated",
        status: 409,
        data: { document: "terms", version: "2026-02" },
      });
      await client.consents.accept({ versions: { terms: "2026-02", newsletter: "1" } });
      expect(await getWelcome()).toMatchObject({ status: 200 });
      const newsletter = { document: "newsletter" };
      expect(await client.consents.withdraw(newsletter)).toBeUndefined();
      expect(await failureOf(client.consents.withdraw(newsletter))).toMatchObject({ code: "not_found" });
      const terms = client.consents.withdraw({ document: "terms" });
      expect(await failureOf(terms)).toMatchObject({ code: "consents.needed", status: 409 });
      const { records } = await client.consents.history();
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
