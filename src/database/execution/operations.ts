import { AuthError } from "../../errors.ts";
import { ScriptGuard } from "./run-script.ts";

/** What a handle has under way: nothing starts inside a script or after the end, and the end waits for the rest. */
export class Operations {
  readonly guard = new ScriptGuard();
  readonly #underWay = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  /** @throws AuthError `database_closed` */
  assertOpen(): void {
    if (this.#closing) throw new AuthError("database_closed", { message: "This Auth was closed" });
  }

  /** Nested use throws at once, since inside a script nobody could await a rejection; all else rejects. */
  start<T>(operation: () => Promise<T>): Promise<T> {
    this.guard.assertOutside();
    try {
      this.assertOpen();
    } catch (error) {
      return Promise.reject(error as AuthError);
    }
    const promise = operation();
    this.#underWay.add(promise);
    return promise.finally(() => this.#underWay.delete(promise));
  }

  /** Once: the second call waits for the first. */
  close(end: () => Promise<void>): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#underWay).then(end);
    return this.#closing;
  }
}
