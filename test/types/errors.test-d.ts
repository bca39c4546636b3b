import { AuthError, isAuthError, type AnyErrorCode, type AuthErrorDataOf } from "../../src/errors.ts";
import type { Equal, Expect } from "./expect-type.ts";

export type DataOfACode = Expect<
  Equal<AuthErrorDataOf<"overloaded">, { readonly retryAfterSeconds: number }>
>;
export type NoData = Expect<Equal<AuthErrorDataOf<"user_exists">, Readonly<Record<string, never>>>>;

declare const caught: unknown;

if (isAuthError(caught, "schema_pending")) {
  const sql: string = caught.data.sql;
  void sql;
}
if (isAuthError(caught)) {
  const code: AnyErrorCode = caught.code;
  void code;
}

// @ts-expect-error a code that is not in the union
void new AuthError("no_such_code", { message: "" });
