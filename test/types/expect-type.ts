/** `true` when the two types are the same, `any` and optional members told apart; else `false`. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles for `true` alone: `type _ = Expect<Equal<A, B>>`. */
export type Expect<T extends true> = T;
