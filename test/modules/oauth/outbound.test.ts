import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOutbound, requireAllowedUrl } from "../../../src/modules/oauth/protocol/outbound.ts";
import { isPrivateHost } from "../../../src/modules/oauth/protocol/private-address.ts";

const mebibyte = 1024 * 1024;

const behaviours: Readonly<Record<string, RequestListener>> = {
  "/hang": () => undefined,
  "/headers-only": (_, response) => response.writeHead(200).flushHeaders(),
  "/drip": (_, response) => {
    const drip = setInterval(() => response.write(" "), 20);
    response.on("close", () => clearInterval(drip));
  },
  "/endless": (_, response) => {
    const part = Buffer.alloc(64 * 1024);
    const pour = (): void => {
      while (response.write(part));
      response.once("drain", pour);
    };
    pour();
  },
  "/large": (_, response) => void response.end(Buffer.alloc(mebibyte + 1)),
  "/as-large-as-may-be": (_, response) => void response.end(Buffer.alloc(mebibyte)),
  "/redirect": (_, response) => void response.writeHead(302, { location: "/elsewhere" }).end(),
  "/failing": (_, response) => void response.writeHead(500).end("{}"),
  "/busy": (_, response) => void response.writeHead(429).end("{}"),
  "/cut": (_, response) => {
    response.writeHead(200, { "content-length": "100" }).write("half");
    response.destroy();
  },
};

describe("OA-11: what a provider is asked", () => {
  let server: Server;
  let url: string;
  const requests: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      requests.push(request.url!);
      const behave = behaviours[request.url!];
      if (behave) return behave(request, response);
      response.end(JSON.stringify({ ok: true }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const get = { method: "GET", headers: {} };
  const authorized = { method: "GET", headers: { authorization: "Bearer a" } };
  const outbound = (timeoutMilliseconds?: number) =>
    createOutbound({
      fetch: (...given) => fetch(...given),
      allowLoopback: true,
      ...(timeoutMilliseconds !== undefined && { timeoutMilliseconds }),
    });
  const unavailable = expect.objectContaining({ code: "oauth.provider_unavailable" });

  it("is read whole, up to a mebibyte", async () => {
    const response = await outbound()(`${url}/fine`, get);
    expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
    const large = await outbound()(`${url}/as-large-as-may-be`, get);
    expect((await large.arrayBuffer()).byteLength).toBe(mebibyte);
  });

  it.each(["/large", "/endless", "/redirect", "/failing", "/busy", "/cut"])("ends at %s", async (path) => {
    await expect(outbound()(url + path, get)).rejects.toEqual(unavailable);
    expect(requests).not.toContain("/elsewhere");
  });

  it.each(["/hang", "/headers-only", "/drip"])("ends in time at %s", async (path) => {
    await expect(outbound(300)(url + path, get)).rejects.toEqual(unavailable);
  });

  it("ends in time whatever the application's fetch does", async () => {
    const deaf = createOutbound({
      fetch: () => new Promise(() => undefined),
      allowLoopback: true,
      timeoutMilliseconds: 50,
    });
    await expect(deaf(url, get)).rejects.toEqual(unavailable);
  });

  it("takes five seconds at most by default", async () => {
    const signals: AbortSignal[] = [];
    const watching = createOutbound({
      allowLoopback: true,
      fetch(_, { signal }) {
        signals.push(signal!);
        return new Promise(() => undefined);
      },
    });
    const begun = performance.now();
    await expect(watching(url, get)).rejects.toEqual(unavailable);
    expect(performance.now() - begun).toBeGreaterThan(4_900);
    expect(signals[0]!.aborted).toBe(true);
  });

  it("is asked once by many who want the same, and for each who shows a token", async () => {
    const ask = outbound();
    requests.splice(0);
    const bodies = await Promise.all(
      Array.from({ length: 20 }, async () => (await ask(`${url}/keys`, get)).json()),
    );
    expect([bodies.length, new Set(bodies.map((body) => JSON.stringify(body))).size]).toEqual([20, 1]);
    expect(requests).toEqual(["/keys"]);
    await Promise.all([ask(`${url}/me`, authorized), ask(`${url}/me`, authorized)]);
    expect(requests).toEqual(["/keys", "/me", "/me"]);
  });

  it.each([
    "http://provider.example/",
    "http://127.0.0.1.example/",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "data:,{}",
    "https://user:password@provider.example/",
    "provider.example",
    "",
  ])("is not asked at %j", (address) => {
    expect(() => requireAllowedUrl(address, { allowLoopback: true })).toThrow(unavailable);
  });

  it("is asked by http at this machine only, and only where that is allowed", () => {
    for (const address of ["http://127.0.0.1:3000/", "http://localhost/", "http://[::1]/"]) {
      expect(() => requireAllowedUrl(address, { allowLoopback: false })).toThrow(unavailable);
      expect(requireAllowedUrl(address, { allowLoopback: true }).href).toBe(address);
    }
  });
});

describe("OA-11: an address that metadata does not lead to", () => {
  it.each([
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "169.16689662",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "192.0.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[64:ff9b::169.254.169.254]",
    "[2002:a9fe:a9fe::]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[ff02::1]",
    "localhost",
    "LOCALHOST.",
    "a.localhost",
    "metadata.google.internal",
    "printer.local",
    "１２７.0.0.1",
  ])("%s", (host) => {
    expect(isPrivateHost(new URL(`https://${host}/`))).toBe(true);
  });

  it.each(["accounts.google.com", "8.8.8.8", "[2606:4700::1111]", "[::ffff:8.8.8.8]", "localhost.example"])(
    "is not %s",
    (host) => {
      expect(isPrivateHost(new URL(`https://${host}/`))).toBe(false);
    },
  );
});
