export { rateLimits } from "./rate-limits.ts";
export type { ActionLimits, RateLimit, RateLimitOptions } from "./limit-settings.ts";
