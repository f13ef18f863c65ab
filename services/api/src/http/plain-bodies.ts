/**
 * Which bodies are read: JSON, as it is. Of any other type, or in any encoding, a body is refused (RFC 9110, section 15.5.16) and never read as something that
 * it was not sent as.
 */
import type { FastifyInstance } from 'fastify';
import { Problem } from './problem.ts';

export function plainBodies(app: FastifyInstance): void {
  // Fastify's own parser for it answers with a text, which then fits no schema.
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async ({ headers, method }) => {
    // Of those nobody reads a body.
    if (method === 'GET' || method === 'HEAD') return;
    const encoding = headers['content-encoding']?.trim().toLowerCase();
    if (encoding === undefined || encoding === 'identity') return;
    throw new Problem(415, 'Unsupported media type', 'Bodies are taken without a Content-Encoding.', {
      headers: { 'accept-encoding': 'identity' },
    });
  });
}
