import * as client from "oauth4webapi";
import type { Clock } from "../../../module.ts";
import { asObject } from "./read-profile.ts";

/** How far two clocks may be apart. */
const toleranceSeconds = 60;
/** An ID token is made for the way that was just gone, and a way lasts no longer. */
const maximumAgeSeconds = 10 * 60;

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * What is to be asked of an ID token besides what `oauth4webapi` does: that it was made now, and for nobody else
 * (OpenID Connect Core 1.0 section 3.1.3.7, rules 5 and 10).
 * @throws Error
 */
export function checkIdToken(
  granted: client.TokenEndpointResponse,
  { clock, clientId }: { readonly clock: Clock; readonly clientId: string },
): void {
  const { iat = Number.NaN, azp = clientId } = client.getValidatedIdTokenClaims(granted) ?? {};
  if (azp !== clientId) throw new Error("the ID token is somebody else's");
  const age = clock.now().getTime() / 1000 - iat;
  if (age >= -toleranceSeconds && age <= maximumAgeSeconds + toleranceSeconds) return;
  throw new Error("the ID token is not of now");
}

/**
 * The one tenant's server that an answer must come from, where the metadata stands for several: the issuer is made from
 * the claim `tid`, and the ID token is then checked against it like any other.
 */
export async function serverOfTenant(
  metadata: client.AuthorizationServer,
  response: Response,
): Promise<client.AuthorizationServer> {
  if (!metadata.issuer.includes("{tenantid}")) return metadata;
  const idToken = asObject(await response.clone().json())["id_token"];
  const payload = typeof idToken === "string" ? (idToken.split(".")[1] ?? "") : "";
  const { tid } = asObject(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
  if (typeof tid !== "string" || !guid.test(tid)) throw new Error("the ID token names no tenant");
  return { ...metadata, issuer: metadata.issuer.replace("{tenantid}", tid) };
}
