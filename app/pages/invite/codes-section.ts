import type { ReferralCode } from "wispy-auth/referrals";

import { maxCodes } from "../../invitations/program.ts";
import { type Html, html } from "../../web/html.ts";
import { timeAgo } from "../describe-time.ts";
import { type CodeForm, codeForm } from "./code-form.ts";

export interface CodesView {
  readonly codes: readonly ReferralCode[];
  /** Share links begin with it. */
  readonly origin: string;
  readonly codeForm: CodeForm;
}

/** Codes in use first, and the form for one more as long as there may be one. */
export function codesSection(view: CodesView): Html {
  const retired = view.codes.filter(({ status }) => status === "deactivated");
  const inUse = view.codes.filter(({ status }) => status !== "deactivated");
  return html`<section aria-labelledby="codes-heading">
    <h2 id="codes-heading">Your codes</h2>
    ${
      inUse.length > 0 &&
      html`<ul class="stack" aria-label="Codes">
        ${inUse.map((code) => codeItem(code, view.origin))}
      </ul>`
    }
    ${inUse.length < maxCodes ? newCode(view, inUse.length === 0) : tooMany()}
    ${retired.length > 0 && retiredCodes(retired)}
  </section>`;
}

function codeItem(code: ReferralCode, origin: string): Html {
  const { status, createdAt } = code;
  return html`<li class="card code">
    <div class="between">
      <strong class="code-text">${code.code}</strong>
      <span class="badge ${status !== "active" && "plain"}">${statusTexts[status]}</span>
    </div>
    <small>${describeUses(code)} · made ${timeAgo(createdAt)}</small>
    ${status === "active" && shareLink(code, origin)}
    <div class="actions">
      ${status === "active" && codeButton(code, { action: "pause", text: "Pause" })}
      ${status === "paused" && codeButton(code, { action: "resume", text: "Resume" })}
      ${codeButton(code, { action: "retire", text: "Retire for good" })}
    </div>
  </li>`;
}

/** One click selects the whole link, for whoever has no script; with it, a button copies. */
function shareLink({ id, code }: ReferralCode, origin: string): Html {
  const href = `${origin}/invite/${encodeURIComponent(code)}`;
  const [subject, body] = ["An invitation to Wispy Notes", `Here is an invitation for you: ${href}`];
  const mail = `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`;
  return html`<div class="share">
    <p class="hint" id="hint-${id}">The link to share</p>
    <p class="link" id="link-${id}" aria-labelledby="hint-${id}">${href}</p>
    <div class="actions">
      <button type="button" class="main" data-copy="link-${id}" hidden>Copy link</button>
      <a class="button" href="${mail}">Send by e-mail</a>
    </div>
  </div>`;
}

function codeButton(
  { id, code }: ReferralCode,
  { action, text }: { readonly action: string; readonly text: string },
): Html {
  return html`<form method="post" action="/invite/codes/${action}">
    <input type="hidden" name="id" value="${id}" />
    <button class="quiet" aria-label="${text}: ${code}">${text}</button>
  </form>`;
}

/** Out in the open for whoever has none yet. */
function newCode({ codeForm: form }: CodesView, isFirst: boolean): Html {
  if (isFirst) return codeForm(form, { card: true });
  return html`<details class="card" ${form.problem !== null && html`open`}>
    <summary>Make another code</summary>
    ${codeForm(form)}
  </details>`;
}

function tooMany(): Html {
  return html`<p class="hint">
    You have ${maxCodes} codes, as many as there can be. Retire one to make another.
  </p>`;
}

function retiredCodes(codes: readonly ReferralCode[]): Html {
  return html`<details class="card">
    <summary>Retired codes</summary>
    <ul class="rows">
      ${codes.map(
        (code) =>
          html`<li>
            <strong class="code-text">${code.code}</strong>
            <small>${describeUses(code)}</small>
          </li>`,
      )}
    </ul>
  </details>`;
}

function describeUses({ uses, maxUses }: ReferralCode): string {
  if (maxUses !== null) return `used ${uses} of ${maxUses} times`;
  if (uses === 0) return "not used yet";
  return uses === 1 ? "used once" : `used ${uses} times`;
}

const statusTexts: Readonly<Record<ReferralCode["status"], string>> = {
  active: "active",
  paused: "paused",
  expired: "expired",
  used_up: "used up",
  deactivated: "retired",
};
