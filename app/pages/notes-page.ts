import type { User } from "wispy-auth";

import { maxNoteLength, type Note } from "../notes/notes.ts";
import { type Html, html } from "../web/html.ts";
import { timeAgo } from "./describe-time.ts";
import { verifyNotice } from "./email/verify-notice.ts";
import { formProblem, type Problem } from "./form.ts";
import { layout } from "./layout.ts";

export interface NotesView {
  readonly user: User;
  readonly notes: readonly Note[];
  /** What was typed and not accepted. */
  readonly draft: string;
  readonly problem: Problem | null;
  readonly done: Html | null;
}

export function notesPage({ user, notes, draft, problem, done }: NotesView): Html {
  const content = html`<h1>${user.name === null ? "Your notes" : html`Hello, ${user.name}`}</h1>
    ${done} ${verifyNotice(user)} ${formProblem(problem)}
    <form class="card" method="post" action="/notes">
      <label for="text">New note</label>
      <textarea id="text" name="text" rows="3" maxlength="${maxNoteLength}" required>${draft}</textarea>
      <button class="main">Add the note</button>
    </form>
    ${
      notes.length === 0
        ? html`<p class="empty">Nothing here yet. What is on your mind?</p>`
        : html`<ul class="notes" aria-label="Notes">
            ${notes.map(noteItem)}
          </ul>`
    }`;
  return layout({ title: "Notes", user, path: "/", content });
}

function noteItem({ id, text, createdAt }: Note): Html {
  return html`<li class="card">
    <p class="note-text">${text}</p>
    <div class="note-foot">
      ${timeAgo(createdAt)}
      <form method="post" action="/notes/delete">
        <input type="hidden" name="id" value="${id}" />
        <button class="quiet" aria-label="Delete the note: ${text.slice(0, 40)}">Delete</button>
      </form>
    </div>
  </li>`;
}
