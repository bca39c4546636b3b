import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

/** The system's Chromium, or `null` where there is none. Continuous integration must have it. */
export function findChromium(): string | null {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const found = names.map((name) => `/usr/bin/${name}`).find((file) => existsSync(file));
  if (found !== undefined) return found;
  if (process.env["CI"])
    throw new Error("Chromium is not installed, and CI is set: nothing may be left out.");
  console.log("not run: chromium is not installed");
  return null;
}

/** Starts it without a window. It is the caller's to close. */
export function launchChromium(executablePath: string): Promise<Browser> {
  // The sandbox needs rights that a container, or root, does not have; the pages are our own.
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}
