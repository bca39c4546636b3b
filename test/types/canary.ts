import type { Equal, Expect } from "./expect-type.ts";

// Must not compile. If it does, no type test proves anything: scripts/check-type-tests.mjs sees to it.
export type Canary = Expect<Equal<string, number>>;
