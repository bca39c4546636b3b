import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { testBaseUrl } from "../../../support/create-test-auth.ts";
import type { RecordedPerson, RecordedProvider } from "./recorded-providers.ts";

/** The servers of all providers, on this machine: whatever is asked of them by https comes here. */
export interface RecordedServers {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** What the token endpoint was sent, the last time. */
  readonly lastExchange: () => URLSearchParams;
  /** Says who signs in at a provider next, and by which page they were sent there. */
  expect(given: {
    readonly recorded: RecordedProvider;
    readonly person: RecordedPerson;
    readonly page: URL;
    readonly claims?: Record<string, unknown>;
  }): void;
  stop(): Promise<void>;
}

export async function startRecordedServers(): Promise<RecordedServers> {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: "one", use: "sig", alg: "RS256" }] };
  let visit: Parameters<RecordedServers["expect"]>[0] | undefined;
  let exchange = new URLSearchParams();
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const here = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const part of request) body += String(part);
    const url = `https:/${request.url!.split("?", 1)[0]!}`;
    const answer = await answerFor(url, { body, authorization: request.headers.authorization });
    response.writeHead(answer === null ? 404 : 200, { "content-type": "application/json; charset=utf-8" });
    response.end(JSON.stringify(answer ?? { error: "not_found" }));
  }

  async function answerFor(
    url: string,
    { body, authorization }: { readonly body: string; readonly authorization: string | undefined },
  ): Promise<object | null> {
    const { recorded, person, page } = visit!;
    if (url === recorded.keysUrl) return keys;
    if (url !== recorded.tokenUrl) {
      const isOpen = url.includes("/.well-known/");
      return isOpen || authorization === "Bearer canary-token"
        ? (recorded.answers(person)[url] ?? null)
        : null;
    }
    exchange = new URLSearchParams(body);
    requireProof(page, exchange);
    const token = { access_token: "canary-token", token_type: "bearer", scope: "read:user,user:email" };
    return recorded.claims === null ? token : { ...token, expires_in: 3600, id_token: await signIdToken() };
  }

  /** PKCE (RFC 7636 section 4.6), by S256 and nothing else, and the redirect URI as it was. */
  function requireProof(page: URL, sent: URLSearchParams): void {
    const challenge = createHash("sha256")
      .update(sent.get("code_verifier") ?? "")
      .digest("base64url");
    const good =
      page.searchParams.get("code_challenge_method") === "S256" &&
      page.searchParams.get("code_challenge") === challenge &&
      page.searchParams.get("redirect_uri") === sent.get("redirect_uri") &&
      sent.get("redirect_uri")!.startsWith(testBaseUrl) &&
      sent.get("client_id") === "client" &&
      sent.get("client_secret") !== null;
    if (!good) throw new Error("the provider would refuse this");
  }

  function signIdToken(): Promise<string> {
    const { recorded, person, page, claims } = visit!;
    const nonce = page.searchParams.get("nonce");
    return new SignJWT({
      iss: recorded.issuer!,
      aud: "client",
      sub: person.subject,
      nonce,
      jti: randomUUID(),
      ...recorded.claims!(person),
      ...claims,
    })
      .setIssuedAt()
      .setExpirationTime("5m")
      .setProtectedHeader({ alg: "RS256", kid: "one" })
      .sign(privateKey);
  }

  return {
    fetch: (url, init) => fetch(url.replace(/^https:\//, here), init),
    lastExchange: () => exchange,
    expect: (given) => void (visit = given),
    stop: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
