/**
 * The headers every answer has. Answers hold personal data and sometimes a token, so nothing keeps them
 * (ASVS 14.3.2), nothing guesses their type, nothing frames or runs them, and no link out of them tells where
 * it came from.
 */
export function answerHeaders(contentType: string | null): Headers {
  const headers = new Headers({
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  if (contentType !== null) headers.set("content-type", contentType);
  return headers;
}
