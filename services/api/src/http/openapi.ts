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
    transformObject(made) {
      if (!('openapiObject' in made)) return made.swaggerObject;
      markOptionalBodies(made.openapiObject.paths as Paths);
      return made.openapiObject;
    },
  });
}

type Paths = Record<string, Record<string, { requestBody?: { required?: boolean; content: Record<string, Media> } }>>;
interface Media {
  readonly schema?: { readonly anyOf?: readonly { readonly type?: string }[] };
}

/** Of a body that may be null the plugin says, as of every one, that it must be there. */
function markOptionalBodies(paths: Paths): void {
  for (const { requestBody } of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    const { schema } = requestBody?.content['application/json'] ?? {};
    if (requestBody !== undefined && schema?.anyOf?.some(({ type }) => type === 'null') === true)
      requestBody.required = false;
  }
}

/** Public: it says nothing that an attempt would not. */
export function openApiRoute(app: FastifyInstance): void {
  let text: string | undefined;
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    text ??= JSON.stringify(app.swagger());
    return reply.type('application/json').send(text);
  });
}
