export type { AuthHandler } from "./answer.ts";
export { type FastifyLike, type FastifyReplyLike, toFastifyPlugin } from "./fastify-plugin.ts";
export { toNodeHandler } from "./node-handler.ts";
export { type NodeRequest, toHeaders } from "./to-request.ts";
