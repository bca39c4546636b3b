import assert from "node:assert/strict";
import type { Route } from "../../contract/route.ts";
import { authErrorCodes } from "../../errors.ts";
import { signedInShape } from "../../http/routes/shapes.ts";
import { send, type Answer } from "../module-subject/http-requests.ts";
import { malform } from "../module-subject/malformed-requests.ts";
import { newUser, type ModuleSubject } from "../module-subject/module-subject.ts";
import { loadRoutes, sendSample, toRequest } from "../module-subject/sample-requests.ts";

/** What a route of any kind may answer, besides what it declares. */
const everyRoutes = ["invalid_input", "unsupported_media_type", "payload_too_large", "origin_refused"];

/** The module's routes, from outside. */
export function routeTests(subject: ModuleSubject): void {
  const { it } = subject.test;

  it("describes its routes as they are", async () => {
    const { name, errors = {} } = subject.module;
    const known = new Set<string>([...authErrorCodes, ...Object.keys(errors)]);
    const routes = await loadRoutes(subject);
    for (const { id, path, method, summary, input, output, status, errors: codes } of routes) {
      assert.match(id, new RegExp(String.raw`^${name}\.[a-zA-Z0-9]+$`));
      assert.match(path, /^(?:\/:?[a-zA-Z0-9-]+)+$/, id);
      assert.notEqual(summary, "", `${id} has no summary`);
      assert.ok(method !== "GET" || input === null, `${id}: a GET takes no body`);
      assert.equal(
        output === null,
        status === 204 || status === 303,
        `${id}: a body goes with 200, 201 and 202`,
      );
      for (const code of codes) assert.ok(known.has(code), `${id} names ${code}, which nobody declares`);
    }
    for (const key of [({ id }: Route) => id, ({ method, path }: Route) => `${method} ${path}`]) {
      assert.deepEqual(routes.map(key), [...new Set(routes.map(key))], "two routes are the same");
    }
  });

  it("lets nobody in without a session where a route asks for one", async () => {
    for (const route of await loadRoutes(subject)) {
      if (route.credential !== "session" && route.credential !== "token") continue;
      const answer = await send(subject.auth, toRequest(route, { sample: {} }));
      assert.deepEqual([answer.status, answer.body["code"]], [401, "unauthenticated"], route.id);
      assertAnswer(route, answer);
    }
  });

  it("answers what it describes to those who ask rightly", async () => {
    for (const routeId of Object.keys(subject.samples.requests ?? {})) {
      const answer = await sendSample(subject, { routeId, caller: await newUser(subject) });
      const route = subject.watch.routes.find(({ id }) => id === routeId)!;
      assert.equal(answer.status, route.status, `${routeId}: ${JSON.stringify(answer.body)}`);
      await assertOutput(route, answer);
    }
  });

  it("answers problem+json to whatever is malformed, and never 500", async () => {
    const { auth, samples, watch } = subject;
    for (const route of await loadRoutes(subject)) {
      const caller = await newUser(subject);
      const sample = (await samples.requests?.[route.id]?.(caller)) ?? {};
      // The first request shows which parameters of the address the route looks for.
      await send(auth, toRequest(route, { sample, token: caller.token }));
      for (const wrong of malform(route, { sample, names: [...watch.queryNames(route.id)] })) {
        const request = toRequest(route, { ...wrong, token: caller.token });
        const answer = await send(auth, request);
        assertAnswer(route, answer, JSON.stringify(request).slice(0, 300));
        if (answer.status < 400) await assertOutput(route, answer);
      }
    }
  });
}

function assertAnswer(
  { id, errors, credential, status: granted }: Route,
  answer: Answer,
  request = "",
): void {
  const { status, type, body } = answer;
  const said = `${id}: ${String(status)} ${JSON.stringify(body)} to ${request}`;
  if (status < 400) {
    assert.equal(status, granted, said);
    return assert.equal(answer.location !== null, status === 303, said);
  }
  assert.equal(type, "application/problem+json", said);
  assert.ok(status < 500, said);
  const allowed = [...everyRoutes, ...errors, ...(credential === "none" ? [] : ["unauthenticated"])];
  assert.ok(allowed.includes(body["code"] as string), `${said}, which it does not name among its errors`);
}

async function assertOutput({ id, output }: Route, { body }: Answer): Promise<void> {
  if (output === null) return assert.deepEqual(body, {}, id);
  const shape = output === "signedIn" ? signedInShape : output;
  const { issues = [] } = await shape["~standard"].validate(body);
  assert.deepEqual(issues, [], `${id} answers ${JSON.stringify(body)}`);
}
