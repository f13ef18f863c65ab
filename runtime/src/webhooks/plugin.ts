/** A webhook route in a Fastify application: the raw body, bounded, verified, applied once. */
import type { FastifyInstance, FastifySchema } from 'fastify';
import { WebhookRejected, type RejectionCode, type WebhookEvent, type WebhookScheme } from './event.ts';
import type { Outcome, Receiver } from './receiver.ts';

export interface WebhookPluginOptions {
  /** `/webhooks/stripe`. */
  readonly path: string;
  readonly scheme: WebhookScheme;
  readonly receiver: Receiver;
  /** Bytes. 262,144. */
  readonly bodyLimit?: number;
  /** What the application's own documentation says of the route. */
  readonly schema?: FastifySchema;
  readonly onOutcome?: (outcome: Outcome, event: WebhookEvent) => void;
  readonly onRejected?: (code: RejectionCode) => void;
}

/**
 * 200 for what is settled, dead events included, so that the provider goes on delivering others; 500 for what it should deliver again;
 * 400 for what it did not sign, with one text for all reasons. The parser of the raw body stays in the plugin's own scope.
 */
export async function webhookPlugin(fastify: FastifyInstance, options: WebhookPluginOptions): Promise<void> {
  const { path, scheme, receiver, bodyLimit = 262_144, schema = {}, onOutcome, onRejected } = options;
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_, body, done) => done(null, body));

  fastify.post(path, { bodyLimit, schema }, async (request, reply) => {
    let event: WebhookEvent;
    try {
      event = scheme.verify(request.headers, Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
    } catch (error) {
      const code = error instanceof WebhookRejected ? error.code : 'payload';
      request.log.warn({ provider: scheme.provider, code }, 'webhook refused');
      onRejected?.(code);
      // Ours to mend, and worth another delivery: nothing can be verified without a secret.
      return reply.code(code === 'no-secret' ? 500 : 400).send({ error: 'webhook refused' });
    }
    const outcome = await receiver.receive(event);
    onOutcome?.(outcome, event);
    return reply.code(outcome === 'failed' ? 500 : 200).send({ outcome });
  });
}
