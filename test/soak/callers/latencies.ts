import type { LatencyCounts } from "../messages.ts";

/** Durations of one kind of call, to a tenth of a millisecond: as many as there are, in little memory. */
export class Latencies {
  readonly #counts = new Map<number, number>();
  #calls = 0;

  get calls(): number {
    return this.#calls;
  }

  add(milliseconds: number): void {
    this.#count(Math.round(milliseconds * 10), 1);
  }

  merge(counts: LatencyCounts): void {
    for (const [tenths, calls] of counts) this.#count(tenths, calls);
  }

  counts(): LatencyCounts {
    return [...this.#counts];
  }

  /** Milliseconds that this part of the calls (0 to 1) did not exceed; 0 without calls. */
  quantile(part: number): number {
    let left = Math.ceil(this.#calls * part);
    for (const [tenths, calls] of [...this.#counts].sort(([a], [b]) => a - b)) {
      left -= calls;
      if (left <= 0) return tenths / 10;
    }
    return 0;
  }

  #count(tenths: number, calls: number): void {
    this.#counts.set(tenths, (this.#counts.get(tenths) ?? 0) + calls);
    this.#calls += calls;
  }
}
