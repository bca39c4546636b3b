/** "1 credit", "10 credits". */
export function describeAmount(amount: number, unit: string): string {
  return `${amount} ${amount === 1 ? unit : `${unit}s`}`;
}
