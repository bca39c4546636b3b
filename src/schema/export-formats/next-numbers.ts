/** How a folder's migrations are numbered. */
export interface NumberStyle {
  /** The number at the beginning of a name. */
  readonly pattern: RegExp;
  /** The number after `last`, or the first. */
  next(last: string | null, now: Date): string;
}

interface TimeStyle {
  readonly pattern: RegExp;
  /** Between two numbers. */
  readonly stepMilliseconds: number;
  format(date: Date, like: string | null): string;
  parse(number: string): number;
}

const second = 1000;
const day = 86_400_000;

function byTime({ pattern, stepMilliseconds, format, parse }: TimeStyle): NumberStyle {
  return {
    pattern,
    next(last, now) {
      const after = last === null ? 0 : parse(last) + stepMilliseconds;
      return format(new Date(Math.max(now.getTime(), after)), last);
    },
  };
}

/** 20251124103059. */
export const utcSeconds = byTime({
  pattern: /^\d{14}(?!\d)/,
  stepMilliseconds: second,
  format: (date) => digitsOf(date).slice(0, 14),
  parse: parseDigits,
});

/** 1763980259123. */
export const epochMilliseconds = byTime({
  pattern: /^\d{13}(?!\d)/,
  stepMilliseconds: 1,
  format: (date) => String(date.getTime()),
  parse: Number,
});

const utcMilliseconds = byTime({
  pattern: /^\d{17}(?!\d)/,
  stepMilliseconds: 1,
  format: digitsOf,
  parse: parseDigits,
});

const epochSeconds = byTime({
  pattern: /^\d{10}(?!\d)/,
  stepMilliseconds: second,
  format: (date) => String(Math.floor(date.getTime() / second)),
  parse: (number) => Number(number) * second,
});

/** 2025-11-24 or 2025_11_24: within a day the names decide, so that the next number is the next day's. */
const dates = byTime({
  pattern: /^\d{4}([-_])\d\d\1\d\d(?!\d)/,
  stepMilliseconds: day,
  format: (date, like) =>
    date
      .toISOString()
      .slice(0, 10)
      .replaceAll("-", like?.[4] ?? "-"),
  parse: parseDigits,
});

/** 1, 0001, and the last part of 1.2. */
export function counting(first: string): NumberStyle {
  return {
    pattern: /^\d+(?:\.\d+)*/,
    next: (last) =>
      last === null
        ? first
        : last.replace(/\d+$/, (number) => String(BigInt(number) + 1n).padStart(number.length, "0")),
  };
}

const styles = [utcMilliseconds, utcSeconds, epochMilliseconds, epochSeconds, dates, counting("1")];

/** So many numbers after all those in use, in the style of the last one; in the style given if there is none. */
export function nextNumbers(
  names: readonly string[],
  { count, now, style: first }: { readonly count: number; readonly now: Date; readonly style: NumberStyle },
): string[] {
  const { compare } = new Intl.Collator("en", { numeric: true });
  const last = names
    .filter((name) => /^\d/.test(name))
    .sort(compare)
    .at(-1);
  const style = last === undefined ? first : styles.find(({ pattern }) => pattern.test(last))!;
  const numbers: string[] = [];
  let number = last === undefined ? null : style.pattern.exec(last)![0];
  for (let i = 0; i < count; i += 1) numbers.push((number = style.next(number, now)));
  return numbers;
}

function digitsOf(date: Date): string {
  return date.toISOString().replaceAll(/\D/g, "");
}

/** Year, month and day, and as much of the time as there is. */
function parseDigits(number: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)?(\d\d)?(\d\d)?(\d{3})?/.exec(number.replaceAll(/\D/g, ""))!;
  const [year = 0, month = 1, date = 1, ...time] = parts.slice(1).map((part) => Number(part ?? 0));
  return Date.UTC(year, month - 1, date, ...time);
}
