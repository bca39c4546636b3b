import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

export interface Asset {
  /** The address, which changes with the content: browsers may keep it for ever. */
  readonly href: string;
  readonly path: string;
  readonly type: string;
  readonly content: Buffer;
}

// From the compiled app/dist/web, and from nowhere else.
const folder = new URL("../../public/", import.meta.url);

function loadAsset(name: string, type: string): Asset {
  const content = readFileSync(new URL(name, folder));
  const version = createHash("sha256").update(content).digest("hex").slice(0, 12);
  return { href: `/${name}?v=${version}`, path: `/${name}`, type, content };
}

export const stylesheet = loadAsset("style.css", "text/css; charset=utf-8");
export const icon = loadAsset("icon.svg", "image/svg+xml");
export const copyScript = loadAsset("copy.js", "text/javascript; charset=utf-8");
