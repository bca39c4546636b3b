/** @param {number[]} ones @param {number[]} others @returns {number} The probability that one of the first is above one of the second. */
export function areaUnderCurve(ones, others) {
  let above = 0;
  for (const one of ones) {
    for (const other of others) above += one > other ? 1 : one === other ? 0.5 : 0;
  }
  return above / (ones.length * others.length);
}

/** @template T @param {readonly T[]} values @returns {T[]} */
export function shuffled(values) {
  return values
    .map((value) => [Math.random(), value])
    .toSorted(([a], [b]) => a - b)
    .map(([, value]) => value);
}
