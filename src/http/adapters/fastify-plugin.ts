import { answer, type AuthHandler, mustClose } from "./answer.ts";
import type { NodeRequest } from "./to-request.ts";

/** What the plugin uses of a Fastify instance. */
export interface FastifyLike {
  removeAllContentTypeParsers(): void;
  addContentTypeParser(
    contentType: string,
    parser: (request: never, payload: never, done: (error: Error | null, body?: unknown) => void) => void,
  ): unknown;
  route(options: {
    method: string[];
    url: string;
    handler: (request: { readonly raw: NodeRequest }, reply: FastifyReplyLike) => Promise<unknown>;
  }): unknown;
}

export interface FastifyReplyLike {
  code(status: number): unknown;
  header(name: string, value: string): unknown;
  send(payload?: unknown): unknown;
}

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/**
 * Serves the routes from Fastify. Within the plugin, and only there, Fastify leaves bodies alone, so that one
 * reader with one set of limits sees them. The application's hooks run as for any route.
 *
 * @example
 * await fastify.register(toFastifyPlugin(auth), { prefix: "/auth" });
 */
export function toFastifyPlugin(auth: AuthHandler): (fastify: FastifyLike) => Promise<void> {
  return async (fastify) => {
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser("*", (_request, _payload, done) => done(null));
    fastify.route({
      method: methods,
      url: "/*",
      handler: async (request, reply) => {
        const response = await answer(auth, request.raw);
        reply.code(response.status);
        for (const [name, value] of response.headers) reply.header(name, value);
        if (await mustClose(request.raw)) reply.header("connection", "close");
        // Bytes, because Fastify adds a charset to the content type of a text.
        return reply.send(response.body === null ? undefined : Buffer.from(await response.arrayBuffer()));
      },
    });
  };
}
