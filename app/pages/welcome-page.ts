import { type Html, html } from "../web/html.ts";
import { layout } from "./layout.ts";

/** What visitors see first. */
export function welcomePage(done: Html | null): Html {
  const content = html`${done}
    <section class="hero">
      <h1>A quiet place for your notes</h1>
      <p>
        A small application on <strong>wispy-auth</strong>: accounts and notes share one database, one
        connection pool and one transaction.
      </p>
      <p class="actions">
        <a class="button main" href="/sign-up">Create an account</a>
        <a class="button" href="/sign-in">Sign in</a>
      </p>
      <p><a href="/leaderboard">See who brings the most friends</a></p>
    </section>`;
  return layout({ title: "Welcome", user: null, path: "/", content });
}
