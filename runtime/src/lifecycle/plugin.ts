/** The lifecycle of a Fastify application. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest, RequestPayload } from 'fastify';
import { plugin } from '../shared/plugin.ts';
import { exchangeOf, onSettled } from '../shared/settled.ts';
import type { Lifecycle } from './lifecycle.ts';

declare module 'fastify' {
  interface FastifyInstance {
    lifecycle: Lifecycle;
  }
}

export interface LifecyclePluginOptions {
  readonly lifecycle: Lifecycle;
}

/**
 * Attaches the server, and closes the application (its `onClose` hooks) after the drain, in stage `servers`. Register it before
 * `listen`, and listen on an address: for the name `localhost` Fastify opens a second server that no plugin gets to see.
 */
export const lifecyclePlugin = plugin('lifecycle', drainWith);

async function drainWith(fastify: FastifyInstance, { lifecycle }: LifecyclePluginOptions): Promise<void> {
  lifecycle.attach(fastify.server);
  fastify.decorate('lifecycle', lifecycle);
  // Requests of `serverOptions` have their close told by whoever watches them.
  onSettled(fastify, { end: () => undefined });
  fastify.addHook('preParsing', (request, _reply, payload, done) => done(null, withAnEnd(request, payload)));
  lifecycle.hook('servers', 'fastify', () => fastify.close());
  fastify.addHook('onListen', async () => {
    const addresses = fastify.addresses();
    if (addresses.length > 1)
      fastify.log.warn(
        { addresses },
        'only the first address is drained: listen on an address instead of the name localhost',
      );
  });
}

/** Fastify reads a body wherever a Content-Type is, and would wait for ever for the end of one that was never announced (`serverOptions`). */
function withAnEnd(request: FastifyRequest, payload: RequestPayload): RequestPayload {
  const isMute = request.headers['content-type'] !== undefined && exchangeOf(request).isMute;
  return isMute ? Readable.from([]) : payload;
}
