import { isAuthError, type AuthErrorCode } from "wispy-auth";
import { describeError } from "../../coexistence/support/load.ts";
import { Latencies } from "./latencies.ts";
import type { CallUnderWay, SeenError } from "../messages.ts";

/** Ends a journey whose call failed or was answered wrongly; what went wrong is recorded already. */
export class Interrupted extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** Notes what became of every call of a process. */
export class Recorder {
  readonly latencies = new Map<string, Latencies>();
  readonly errors: SeenError[] = [];
  readonly wrong: string[] = [];
  readonly #underWay = new Set<CallUnderWay>();

  get calls(): number {
    return [...this.latencies.values()].reduce((sum, { calls }) => sum + calls, 0);
  }

  oldestUnderWay(): CallUnderWay | null {
    // A set keeps its order.
    for (const call of this.#underWay) return call;
    return null;
  }

  /** A call of the library. Its failure must be an `AuthError`. @throws Interrupted */
  call<T>(kind: string, work: () => Promise<T>): Promise<T> {
    return this.#timed(kind, { work, codeOf: (error) => (isAuthError(error) ? error.code : null) });
  }

  /** A call of the library that must be refused with this code. @throws Interrupted */
  async refusal(kind: string, code: AuthErrorCode, work: () => Promise<unknown>): Promise<void> {
    const refused = await this.call(kind, async () => {
      try {
        await work();
        return false;
      } catch (error) {
        if (isAuthError(error, code)) return true;
        throw error;
      }
    });
    this.expect(refused, `${kind}: not refused`);
  }

  /** Statements of the application's own. @throws Interrupted */
  host<T>(kind: string, work: () => Promise<T>): Promise<T> {
    const codeOf = (error: unknown): string => {
      const { code } = error as { code?: unknown };
      return `host: ${typeof code === "string" ? code : String(error)}`;
    };
    return this.#timed(kind, { work, codeOf });
  }

  /** @throws Interrupted */
  expect(condition: boolean, otherwise: string): void {
    if (condition) return;
    this.wrong.push(`${new Date().toISOString()} ${otherwise}`);
    throw new Interrupted("wrong");
  }

  async #timed<T>(
    kind: string,
    { work, codeOf }: { readonly work: () => Promise<T>; readonly codeOf: (error: unknown) => string | null },
  ): Promise<T> {
    const begun = performance.now();
    const underWay = { kind, begunAt: Date.now() };
    this.#underWay.add(underWay);
    try {
      const value = await work();
      this.#latenciesOf(kind).add(performance.now() - begun);
      return value;
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      const code = codeOf(error) ?? `not an AuthError: ${String(error)}`;
      this.errors.push({ ...underWay, code, endedAt: Date.now(), text: describeError(error) });
      throw new Interrupted(code);
    } finally {
      this.#underWay.delete(underWay);
    }
  }

  #latenciesOf(kind: string): Latencies {
    const known = this.latencies.get(kind);
    if (known !== undefined) return known;
    const latencies = new Latencies();
    this.latencies.set(kind, latencies);
    return latencies;
  }
}
