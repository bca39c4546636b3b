import type { CodeKind } from "wispy-auth/two-factor";

import { type Html, html } from "../../web/html.ts";
import { formProblem, inputField, type Problem } from "../form.ts";
import { layout } from "../layout.ts";
import { inboxHint } from "../mail/inbox-hint.ts";
import { methodTexts } from "./code-methods.ts";

export interface SecondStepView {
  /** What can be answered with. */
  readonly methods: readonly CodeKind[];
  readonly method: CodeKind;
  readonly problem: Problem | null;
  readonly done: Html | null;
  readonly hasInbox: boolean;
}

const hints: Readonly<Record<CodeKind, string>> = {
  totp: "Six digits, a new one every 30 seconds.",
  email: "Six digits, in the mail that you just got.",
  recoveryCode: "One of those you kept when you switched this on. Each works once.",
};

/** Asks for a code after the password. */
export function secondStepPage(view: SecondStepView): Html {
  const { method, methods, problem, done, hasInbox } = view;
  const content = html`<h1>One more step</h1>
    ${done} ${formProblem(problem)}
    <form class="card" method="post" action="/sign-in/second-step">
      <input type="hidden" name="method" value="${method}" />
      <input type="hidden" name="methods" value="${methods.join(".")}" />
      ${inputField({
        name: "code",
        label: methodTexts[method],
        type: method === "recoveryCode" ? "text" : "code",
        autocomplete: method === "recoveryCode" ? "off" : "one-time-code",
        hint: hints[method],
        autofocus: true,
        problem,
      })}
      <label class="check"
        ><input type="checkbox" name="trustDevice" value="yes" /> Trust this browser for 30 days</label
      >
      <button class="main">Sign in</button>
    </form>
    ${otherWays(view)} ${hasInbox && method === "email" && inboxHint()}
    <p class="aside"><a href="/sign-in">Begin again</a></p>`;
  return layout({ title: "Second step", user: null, narrow: true, content });
}

function otherWays({ methods, method }: SecondStepView): Html | null {
  const others = methods.filter((other) => other !== method || other === "email");
  if (others.length === 0) return null;
  return html`<section aria-labelledby="others-heading">
    <h2 id="others-heading">Something else at hand?</h2>
    <div class="actions">${others.map((other) => wayTo(other, methods))}</div>
  </section>`;
}

function wayTo(method: CodeKind, methods: readonly CodeKind[]): Html {
  const all = methods.join(".");
  if (method !== "email") {
    return html`<a class="button" href="/sign-in/second-step?method=${method}&amp;methods=${all}"
      >${methodTexts[method]}</a
    >`;
  }
  return html`<form method="post" action="/sign-in/second-step/mail-code">
    <input type="hidden" name="methods" value="${all}" />
    <button>Mail me a code</button>
  </form>`;
}
