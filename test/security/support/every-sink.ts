import { inspect } from "node:util";
import { isAuthError, type AnyErrorCode } from "../../../src/errors.ts";
import { consoleLog, type Log } from "../../../src/log.ts";

/** Gathers everything that leaves the library beside its results, to be searched for secrets. */
export class EverySink {
  readonly #texts: string[] = [];
  readonly #codes = new Set<AnyErrorCode>();

  /** For `createAuth({ log })`: the entry as it is, and as the default log prints it. */
  readonly log: Log = (entry) => {
    this.take(entry);
    const print = console.error;
    console.error = (...values: unknown[]) => void this.#texts.push(values.map(String).join(" "));
    try {
      consoleLog(entry);
    } finally {
      console.error = print;
    }
  };

  /** In every form in which somebody may print it, with all that hangs on it. */
  take(value: unknown): void {
    this.#texts.push(inspect(value, { depth: Infinity, showHidden: true, maxArrayLength: null }));
    this.#texts.push(JSON.stringify(value) ?? "", String(value));
  }

  /** Runs a call that is to fail; its error is searched too. */
  async failing(call: () => unknown): Promise<AnyErrorCode> {
    try {
      await call();
    } catch (error) {
      this.take(error);
      if (!isAuthError(error)) throw error;
      this.#codes.add(error.code);
      return error.code;
    }
    throw new Error("The call was to fail.");
  }

  /** The codes met so far, sorted. */
  codes(): readonly AnyErrorCode[] {
    return [...this.#codes].sort();
  }

  /** The first place where one of the secrets stands, with what surrounds it; `null` if there is none. */
  find(secrets: readonly string[]): string | null {
    for (const text of this.#texts) {
      for (const secret of secrets) {
        const at = text.indexOf(secret);
        if (at >= 0) return text.slice(Math.max(0, at - 300), at + secret.length + 20);
      }
    }
    return null;
  }
}
