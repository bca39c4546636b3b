import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTHeaderParameters,
} from "jose";

/** What the stub answers with, and a test may change. */
export interface StubAnswers {
  metadata: Record<string, unknown>;
  keys: JWK[];
  /** The token endpoint's answer. */
  token: (parameters: URLSearchParams) => Promise<object> | object;
}

/** An OpenID Connect issuer that does whatever a test wants, where a real one cannot misbehave. */
export interface StubIssuer {
  readonly url: string;
  readonly answers: StubAnswers;
  readonly requests: string[];
  /** An ID token as a good issuer makes it, but for what is given. */
  idToken(claims: Record<string, unknown>, forged?: Forged): Promise<string>;
  stop(): Promise<void>;
}

export interface Forged {
  readonly header?: Partial<JWTHeaderParameters>;
  readonly key?: CryptoKey | Uint8Array;
}

/** @param alg What it signs with: ES256 takes a tenth of the time. */
export async function startStubIssuer(alg: "RS256" | "ES256" = "RS256"): Promise<StubIssuer> {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  const requests: string[] = [];
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const answers: StubAnswers = {
    metadata: {
      issuer: url,
      authorization_endpoint: `${url}/authorize`,
      token_endpoint: `${url}/token`,
      jwks_uri: `${url}/keys`,
      token_endpoint_auth_methods_supported: ["client_secret_post"],
      ...(alg === "ES256" && { id_token_signing_alg_values_supported: [alg] }),
    },
    keys: [{ ...(await exportJWK(publicKey)), kid: "one", use: "sig" }],
    token: () => ({}),
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const part of request) body += String(part);
    requests.push(request.url!);
    const answer =
      request.url === "/token"
        ? await answers.token(new URLSearchParams(body))
        : request.url === "/keys"
          ? { keys: answers.keys }
          : answers.metadata;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answer));
  }

  return {
    url,
    answers,
    requests,
    idToken(claims, { header = {}, key = privateKey } = {}) {
      const now = Math.floor(Date.now() / 1000);
      const good = { iss: url, aud: "wispy", iat: now, exp: now + 300, sub: "ada", email: "ada@example.com" };
      return new SignJWT({ ...good, ...claims }).setProtectedHeader({ alg, kid: "one", ...header }).sign(key);
    },
    stop: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
