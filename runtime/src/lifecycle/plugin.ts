/** The lifecycle of a Fastify application. */
import type { FastifyInstance } from 'fastify';
import { plugin } from '../shared/plugin.ts';
import { onSettled } from '../shared/settled.ts';
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
