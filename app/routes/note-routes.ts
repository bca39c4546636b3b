import { maxNoteLength, type Notes } from "../notes/notes.ts";
import type { AppAuth } from "../open-auth.ts";
import { doneMessage } from "../pages/done-message.ts";
import { notesPage } from "../pages/notes-page.ts";
import { welcomePage } from "../pages/welcome-page.ts";
import { field, forSignedIn, type Routes } from "../web/visit.ts";

export function noteRoutes(auth: AppAuth, notes: Notes): Routes {
  return {
    "GET /": async ({ current, query }) => {
      const done = doneMessage(query);
      if (current === null) return { status: 200, page: welcomePage(done) };
      const { user } = current;
      const view = { user, notes: await notes.list(user.id), draft: "", problem: null, done };
      return { status: 200, page: notesPage(view) };
    },

    "POST /notes": forSignedIn(async ({ current: { user }, form }) => {
      const draft = field(form, "text");
      const text = readNote(draft);
      if (text !== null) {
        await notes.add(user.id, text);
        // An invitation counts with the first note; every later one changes nothing.
        await auth.referrals.qualify(user.id);
        return { location: "/" };
      }
      const problem = { status: 422, message: `A note has 1 to ${maxNoteLength} characters.` };
      const view = { user, notes: await notes.list(user.id), draft, problem, done: null };
      return { status: problem.status, page: notesPage(view) };
    }),

    "POST /notes/delete": forSignedIn(async ({ current: { user }, form }) => {
      await notes.remove(user.id, field(form, "id"));
      return { location: "/" };
    }),
  };
}

/** The text with the line ends of a browser's form made plain; null if it is empty or too long. */
function readNote(text: string): string | null {
  // PostgreSQL cannot store NUL.
  const plain = text.replaceAll("\r\n", "\n").replaceAll("\0", "").trim();
  return plain === "" || plain.length > maxNoteLength ? null : plain;
}
