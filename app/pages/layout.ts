import type { User } from "wispy-auth";

import { type Asset, icon, stylesheet } from "../web/assets.ts";
import { Html, html } from "../web/html.ts";
import { navigation } from "./navigation.ts";

export interface Layout {
  readonly title: string;
  /** Null for visitors; `"unknown"` leaves the navigation out. */
  readonly user: User | null | "unknown";
  /** The page's own address, to mark it in the navigation. */
  readonly path?: string;
  /** Forms stand in a narrow column. */
  readonly narrow?: boolean;
  /** Needs the answer's leave too: see `PageAnswer`. */
  readonly script?: Asset;
  /** Another site that the page leads to by itself. */
  readonly goesTo?: string;
  readonly content: Html;
}

/** The frame around every page. */
export function layout({ title, user, path = "", narrow = false, script, goesTo, content }: Layout): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Wispy Notes</title>
        <link rel="stylesheet" href="${stylesheet.href}" />
        <link rel="icon" href="${icon.href}" type="image/svg+xml" />
        ${goesTo !== undefined && html`<meta http-equiv="refresh" content="0;url=${goesTo}" />`}
        ${script !== undefined && scriptElement(script)}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header class="top">
          <div class="top-row">
            <a class="brand" href="/"
              ><img src="${icon.href}" alt="" width="28" height="28" /><span>Wispy Notes</span></a
            >
            ${user !== "unknown" && navigation(user, path)}
          </div>
        </header>
        <main id="content" class="${narrow ? "narrow" : "wide"}">${content}</main>
      </body>
    </html> `;
}

/** In one piece: bundlers take a template apart that has this closing tag in it, and leave no tagged one. */
function scriptElement({ href }: Asset): Html {
  return new Html(`<script src="${href}" defer></script>`);
}
