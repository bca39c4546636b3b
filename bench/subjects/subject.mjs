/**
 * What the measurements need of a library, said the same way for each.
 *
 * @typedef {object} Subject
 * @property {string} name
 * @property {(email: string, password?: string) => Promise<Headers>} signUp Gives a signed-in visitor's request headers.
 * @property {(email: string, password?: string) => Promise<Headers>} signIn From a browser that was not seen before.
 * @property {(email: string) => Promise<Headers>} signInAgain From the browser of the sign-up.
 * @property {(visitor: Headers) => Promise<unknown>} checkSession The server-side call an application makes per request.
 * @property {(visitor: Headers) => Promise<unknown>} checkSessionOverHttp The same asked of the library's HTTP handler.
 * @property {(visitor: Headers) => Promise<unknown>} listSessions
 * @property {(visitor: Headers) => Promise<unknown>} signOut
 */

/** The address of the application both libraries are told they serve. Nothing listens there: handlers are called. */
export const APP_URL = "https://app.example";

export const PASSWORD = "correct horse battery staple";

/** @param {Headers} answer A response that signs somebody in. @returns {Headers} What their browser sends from then on. */
export function cookieHeaders(answer) {
  const cookie = answer
    .getSetCookie()
    .map((line) => line.slice(0, line.indexOf(";")))
    .join("; ");
  if (cookie === "") throw new Error("The answer sets no cookie");
  return new Headers({ cookie, origin: APP_URL });
}

let accounts = 0;

/** An address nobody signed up with before. */
export function freshEmail() {
  accounts += 1;
  return `person-${accounts}-${process.pid}@mail.example`;
}
