import { describe, expect, it } from "vitest";

import type { StartTimer } from "../../src/http/request/read-body.ts";
import { inputRoutes, makeHandler, siteOrigin, siteRequest, signUpBody } from "./support/make-handler.ts";
import { liveToken } from "./support/stand-in-operations.ts";

const bearer = { authorization: `Bearer ${liveToken}` };

function streamedRequest(body: ReadableStream<Uint8Array>, headers: Record<string, string> = {}): Request {
  const init = {
    method: "POST",
    headers: { origin: siteOrigin, "content-type": "application/json", ...headers },
    body,
    duplex: "half",
  };
  return new Request(`${siteOrigin}/auth/sign-in`, init);
}

async function codeOf(response: Response): Promise<[number, string]> {
  const { code } = (await response.json()) as { code: string };
  return [response.status, code];
}

describe("CS-03: JSON routes take application/json and nothing else", () => {
  it("refuses the types a page can send across sites without asking", async () => {
    const { handler, operations } = makeHandler();
    const types = [
      "text/plain",
      "text/plain;charset=utf-8",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "application/json; charset=utf-16",
      "application/json; charset=utf-8; q=1",
      "application/jsonp",
      "application/problem+json",
      "text/json",
      "json",
      "application/json, text/plain",
      "text/plain; application/json",
      "*/*",
      "",
      undefined,
    ];
    for (const route of inputRoutes) {
      for (const type of types) {
        const headers = { ...bearer, "content-type": type };
        const response = await handler(siteRequest(route.method, route.path, { body: route.body, headers }));
        expect(await codeOf(response), `${route.path} ${type}`).toEqual([415, "unsupported_media_type"]);
      }
    }
    expect(operations.calls).toEqual([]);
  });

  it("takes it in any case, with the one charset it has", async () => {
    const { handler } = makeHandler();
    for (const type of [
      "application/json",
      "Application/JSON",
      "application/json; charset=utf-8",
      'application/json;charset="UTF-8"',
    ]) {
      const response = await handler(
        siteRequest("POST", "/sign-in", { body: signUpBody, headers: { "content-type": type } }),
      );
      expect(response.status, type).toBe(200);
    }
  });

  it("refuses an encoded body, which would be larger than it looks", async () => {
    const { handler } = makeHandler();
    const headers = { "content-encoding": "gzip" };
    expect((await handler(siteRequest("POST", "/sign-in", { body: signUpBody, headers }))).status).toBe(415);
  });

  it("lets routes without input have no body or an empty object", async () => {
    const { handler } = makeHandler();
    expect((await handler(siteRequest("POST", "/sign-out"))).status).toBe(204);
    expect((await handler(siteRequest("POST", "/sign-out", { body: {} }))).status).toBe(204);
    for (const body of [{ userId: "x" }, [], null, "{", "1"]) {
      const response = await handler(siteRequest("POST", "/sign-out", { body }));
      expect(await codeOf(response)).toEqual([400, "invalid_input"]);
    }
    const form = siteRequest("POST", "/sign-out", { body: "a=b", headers: { "content-type": "text/plain" } });
    expect((await handler(form)).status).toBe(415);
  });
});

describe("IN-12: bodies are small and quick", () => {
  it("stops reading at the first chunk over 32 KiB, whatever Content-Length says", async () => {
    const { handler } = makeHandler();
    let pulled = 0;
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(8 * 1024).fill(0x20));
      },
      cancel() {
        cancelled = true;
      },
    });
    const response = await handler(streamedRequest(endless, { "content-length": "10" }));
    expect(await codeOf(response)).toEqual([413, "payload_too_large"]);
    expect(pulled).toBeLessThanOrEqual(6);
    expect(cancelled).toBe(true);
  });

  it("does not begin to read what announces itself as too large", async () => {
    const { handler } = makeHandler();
    const untouched = new ReadableStream<Uint8Array>(
      { pull: () => expect.unreachable() },
      { highWaterMark: 0 },
    );
    const response = await handler(streamedRequest(untouched, { "content-length": "32769" }));
    expect(response.status).toBe(413);
  });

  it("takes exactly 32 KiB and refuses one byte more", async () => {
    const { handler } = makeHandler();
    const text = JSON.stringify(signUpBody);
    const ofBytes = (length: number): string => text + " ".repeat(length - text.length);
    expect((await handler(siteRequest("POST", "/sign-in", { body: ofBytes(32_768) }))).status).toBe(200);
    expect((await handler(siteRequest("POST", "/sign-in", { body: ofBytes(32_769) }))).status).toBe(413);
  });

  it("gives up on a body that drips, when its time is over, and stops its clock in every other case", async () => {
    const timers: { milliseconds: number; expire: () => void; stopped: boolean }[] = [];
    const startTimer: StartTimer = (milliseconds, expire) => {
      const timer = { milliseconds, expire, stopped: false };
      timers.push(timer);
      return () => void (timer.stopped = true);
    };
    const { handler } = makeHandler(undefined, { startTimer });
    let started: () => void;
    const reading = new Promise<void>((resolve) => (started = resolve));
    const dripping = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array([0x7b])),
      pull: () => started(),
    });
    const answer = handler(streamedRequest(dripping));
    await reading;
    expect(timers[0]!.milliseconds).toBe(10_000);
    timers[0]!.expire();
    expect(await codeOf(await answer)).toEqual([408, "request_timeout"]);
    expect((await handler(siteRequest("POST", "/sign-in", { body: signUpBody }))).status).toBe(200);
    expect((await handler(siteRequest("POST", "/sign-in", { body: "x".repeat(40_000) }))).status).toBe(413);
    expect(timers.every((timer) => timer.stopped)).toBe(true);
  });

  it("answers a body that breaks off, and a client that is gone, without a failure of its own", async () => {
    const { handler, failures } = makeHandler();
    const broken = new ReadableStream<Uint8Array>({
      start: (controller) => controller.error(new Error("gone")),
    });
    expect(await codeOf(await handler(streamedRequest(broken)))).toEqual([400, "invalid_input"]);
    expect(failures).toEqual([]);
  });

  it("says so in the log when something else has read the body already", async () => {
    const { handler, failures } = makeHandler();
    const request = siteRequest("POST", "/sign-in", { body: signUpBody });
    await request.text();
    expect(await codeOf(await handler(request))).toEqual([500, "internal_error"]);
    expect(failures[0]!.error).toMatchObject({ code: "configuration_invalid" });
    const locked = siteRequest("POST", "/sign-in", { body: signUpBody });
    locked.body!.getReader();
    expect((await handler(locked)).status).toBe(500);
  });
});
