/** `1 check`, `2 checks`; `many` where an s does not make it. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${String(count)} ${count === 1 ? one : many}`;
}
