/** @param {number[]} values @returns {number} The middle value; of an even number, the upper of the two. */
export function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/**
 * Calls `work` from several callers at once, each starting again as soon as it is answered.
 *
 * @param {() => Promise<unknown>} work
 * @param {{ callers: number, seconds: number }} options
 * @returns {Promise<number>} Calls per second.
 */
export async function throughput(work, { callers, seconds }) {
  const start = performance.now();
  const end = start + seconds * 1000;
  let calls = 0;
  async function caller() {
    while (performance.now() < end) {
      await work();
      calls += 1;
    }
  }
  await Promise.all(Array.from({ length: callers }, caller));
  return (calls * 1000) / (performance.now() - start);
}

/**
 * Measures several pieces of work in turn (A B C, A B C, ...), so that a slow moment of the machine falls on all of
 * them. One short warm-up each goes first and is not counted.
 *
 * @param {Record<string, () => Promise<unknown>>} works
 * @param {{ callers: number, seconds: number, repeats: number }} options
 * @returns {Promise<{ medians: Record<string, number>, rounds: Record<string, number>[] }>} Calls per second: the
 *   median of each, and of every round what each reached.
 */
export async function alternate(works, { callers, seconds, repeats }) {
  const names = Object.keys(works);
  for (const name of names) await throughput(works[name], { callers, seconds: Math.min(seconds, 0.5) });
  const rounds = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const round = {};
    for (const name of names) round[name] = await throughput(works[name], { callers, seconds });
    rounds.push(round);
  }
  const medianOf = (name) => median(rounds.map((round) => round[name]));
  return { medians: Object.fromEntries(names.map((name) => [name, medianOf(name)])), rounds };
}

/**
 * How many times as fast one was as the other: the median of the ratios of each round, whose runs were neighbours.
 *
 * @param {Record<string, number>[]} rounds As `alternate` gives them.
 */
export function ratioOf(rounds, one, other) {
  return median(rounds.map((round) => round[one] / round[other]));
}

/**
 * Times several pieces of work, a single call of each in turn, so that a slow moment of the machine falls on all of them.
 *
 * @param {Record<string, () => Promise<unknown>>} works
 * @param {{ seconds: number, repeats: number }} options `seconds` of each piece of work in a round.
 * @returns {Promise<Record<string, number>[]>} For every round the median milliseconds of each.
 */
export async function alternateTimes(works, { seconds, repeats }) {
  const entries = Object.entries(works);
  async function round(length) {
    const times = Object.fromEntries(entries.map(([name]) => [name, []]));
    const end = performance.now() + length * entries.length * 1000;
    while (performance.now() < end) {
      for (const [name, work] of entries) times[name].push(await timed(work));
    }
    return Object.fromEntries(entries.map(([name]) => [name, median(times[name])]));
  }
  await round(Math.min(seconds, 0.5));
  const rounds = [];
  while (rounds.length < repeats) rounds.push(await round(seconds));
  return rounds;
}

/** @param {() => Promise<unknown>} work @returns {Promise<number>} Milliseconds it took. */
export async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
