/** The OpenAPI document, made of the routes themselves. `services/api/openapi.json` is a copy that a test keeps current. */
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';

/** Registered before the routes that it is to know. */
export async function describe(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'GPU cloud API',
        version: '1',
        description:
          'Errors are problem documents (RFC 9457). Every answer carries X-Request-Id. Amounts are millionths of the currency.',
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
  });
}

/** Public: it says nothing that an attempt would not. */
export function openApiRoute(app: FastifyInstance): void {
  let text: string | undefined;
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    text ??= JSON.stringify(app.swagger());
    return reply.type('application/json').send(text);
  });
}
