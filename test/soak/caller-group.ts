import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { CallerReport, CallerSettings, CallUnderWay, Note, Order } from "./messages.ts";

/** What callers have done so far. */
export interface Progress {
  readonly calls: number;
  readonly errors: number;
}

/** A call that takes longer than the library's own deadlines, one after the other, hangs. */
const longestMilliseconds = 60_000;
const keptOutput = 4_000;

/** The processes of the application. One that ends by itself, or hangs, fails the whole. */
export class CallerGroup {
  readonly #children: ChildProcess[] = [];
  readonly #progress = new Map<number, Progress>();
  readonly #failure = new AbortController();
  #waiting: ((note: Note, process: number) => void)[] = [];

  /** Aborted with the reason for which the soak cannot go on. */
  get failed(): AbortSignal {
    return this.#failure.signal;
  }

  get pids(): readonly number[] {
    return this.#children.map((child) => child.pid!);
  }

  get progress(): Progress {
    const all = [...this.#progress.values()];
    return {
      calls: all.reduce((sum, { calls }) => sum + calls, 0),
      errors: all.reduce((sum, { errors }) => sum + errors, 0),
    };
  }

  /** Starts them all at once and waits until each has its `Auth`. */
  async start(program: string, settings: readonly CallerSettings[]): Promise<void> {
    const ready = this.#each((note) => (note.kind === "ready" ? note : null), settings.length);
    for (const given of settings) this.#fork(program, given);
    await ready;
  }

  begin(): void {
    this.#tell({ kind: "begin" });
  }

  /** When each process could use the database again; the latest of them. */
  async recovered(restart: number): Promise<number> {
    const notes = this.#each((note) => (note.kind === "recovered" && note.restart === restart ? note : null));
    this.#tell({ kind: "watch", restart });
    return Math.max(...(await notes).map(({ at }) => at));
  }

  async finish(): Promise<readonly CallerReport[]> {
    const notes = this.#each((note) => (note.kind === "finished" ? note : null));
    this.#tell({ kind: "finish" });
    return (await notes).map(({ report }) => report);
  }

  /** Rejects whatever waits for the processes. The first reason counts. */
  fail(reason: unknown): void {
    this.#failure.abort(reason);
  }

  /** Ends every process that still runs. */
  async kill(): Promise<void> {
    const running = this.#children.filter((child) => child.exitCode === null && child.signalCode === null);
    await Promise.all(
      running.map((child) => {
        const ended = once(child, "exit");
        child.kill("SIGKILL");
        return ended;
      }),
    );
  }

  #fork(program: string, settings: CallerSettings): void {
    // Messages by structured clone: reports are large.
    const child = fork(program, [JSON.stringify(settings)], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      serialization: "advanced",
    });
    let output = "";
    let finished = false;
    const read = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-keptOutput));
    child.stdout!.on("data", read);
    child.stderr!.on("data", read);
    child.on("message", (note: Note) => {
      if (note.kind === "progress") this.#note(settings.process, note);
      if (note.kind === "finished") finished = true;
      for (const wait of this.#waiting) wait(note, settings.process);
    });
    child.once("close", (code, signal) => {
      if (!finished)
        this.fail(new Error(`process ${settings.process} ended with ${String(signal ?? code)}: ${output}`));
    });
    this.#children.push(child);
  }

  #note(process: number, { calls, errors, oldest }: Extract<Note, { kind: "progress" }>): void {
    this.#progress.set(process, { calls, errors });
    if (oldest !== null && Date.now() - oldest.begunAt > longestMilliseconds)
      this.fail(new Error(describeHanging(process, oldest)));
  }

  #tell(order: Order): void {
    for (const child of this.#children) if (child.connected) child.send(order);
  }

  /** The first note of each process that `pick` takes. */
  #each<N>(pick: (note: Note) => N | null, count = this.#children.length): Promise<readonly N[]> {
    const picked = new Map<number, N>();
    const { signal } = this.#failure;
    return new Promise((resolve, reject) => {
      const wait = (note: Note, process: number): void => {
        const taken = pick(note);
        if (taken !== null && !picked.has(process)) picked.set(process, taken);
        if (picked.size < count) return;
        this.#waiting = this.#waiting.filter((other) => other !== wait);
        resolve([...picked.values()]);
      };
      const fail = (): void => reject(signal.reason as Error);
      if (signal.aborted) return fail();
      signal.addEventListener("abort", fail, { once: true });
      this.#waiting.push(wait);
    });
  }
}

function describeHanging(process: number, { kind, begunAt }: CallUnderWay): string {
  return `process ${process}: a call (${kind}) has had no answer since ${new Date(begunAt).toISOString()}`;
}
