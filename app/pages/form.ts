import { type Html, html } from "../web/html.ts";

/** Why a form was not accepted. Without a field it is about the form as a whole. */
export interface Problem {
  readonly status: number;
  readonly message: string;
  readonly field?: string;
}

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: "code" | "email" | "number" | "password" | "text";
  /** What password managers and phones fill in; the HTML standard's words. */
  readonly autocomplete: string;
  readonly problem: Problem | null;
  readonly hint?: string;
  /** What was typed before. Passwords are never given back. */
  readonly value?: string;
  readonly optional?: boolean;
  readonly autofocus?: boolean;
}

/** A labelled input with its hint, and its problem if it has one. Names are unique on a page. */
export function inputField(field: Field): Html {
  const { name, label, type, autocomplete, value = "" } = field;
  const problem = field.problem?.field === name ? field.problem.message : null;
  const notes = [field.hint !== undefined && `${name}-hint`, problem !== null && `${name}-problem`];
  const describedBy = notes.filter((id) => id !== false).join(" ");
  return html`<div class="field">
    <label for="${name}">${label} ${field.optional === true && html`<small>optional</small>`}</label>
    ${field.hint !== undefined && html`<p class="hint" id="${name}-hint">${field.hint}</p>`}
    <input
      id="${name}"
      name="${name}"
      type="${type === "code" ? "text" : type}"
      autocomplete="${autocomplete}"
      ${type !== "password" && html`value="${value}"`}
      ${type === "number" && html`min="1" step="1" inputmode="numeric"`}
      ${type === "code" && html`inputmode="numeric" spellcheck="false"`}
      ${type === "email" && html`inputmode="email" autocapitalize="none" spellcheck="false"`}
      ${field.optional !== true && html`required`}
      ${describedBy !== "" && html`aria-describedby="${describedBy}"`}
      ${problem !== null && html`aria-invalid="true"`}
      ${(field.autofocus === true || problem !== null) && html`autofocus`}
    />
    ${problem !== null && html`<p class="problem" id="${name}-problem">${problem}</p>`}
  </div>`;
}

/** The problem of the form as a whole; nothing if a field has it. With `focus`, far down a page, it is scrolled to. */
export function formProblem(problem: Problem | null, { focus = false } = {}): Html | null {
  if (problem === null || problem.field !== undefined) return null;
  return html`<p class="notice bad" role="alert" ${focus && html`tabindex="-1" autofocus`}>
    ${problem.message}
  </p>`;
}

export function doneNotice(message: string | null): Html | null {
  return message === null ? null : html`<p class="notice good" role="status">${message}</p>`;
}
