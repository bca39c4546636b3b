import type { CodeKind } from "wispy-auth/two-factor";

/** Every kind of code, the usual one first. */
export const codeMethods: readonly CodeKind[] = ["totp", "email", "recoveryCode"];

/** What each is called. */
export const methodTexts: Readonly<Record<CodeKind, string>> = {
  totp: "Code of your authenticator app",
  email: "Code by mail",
  recoveryCode: "Recovery code",
};

/** Those that `text` names (`"totp.email"`); all if it names none, as for whoever comes back from a provider. */
export function readMethods(text: string | null): readonly CodeKind[] {
  const named = (text ?? "").split(".");
  const found = codeMethods.filter((method) => named.includes(method));
  return found.length === 0 ? codeMethods : found;
}

export function readMethod(text: string | null, among: readonly CodeKind[] = codeMethods): CodeKind {
  return among.find((method) => method === text) ?? among[0] ?? "totp";
}
