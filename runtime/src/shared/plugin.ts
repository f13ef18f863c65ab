import type { FastifyPluginAsync } from 'fastify';

/** A plugin whose hooks hold for the whole application rather than for a scope of its own; the marks are those that Fastify looks for. */
export function plugin<Options extends object>(
  name: string,
  register: FastifyPluginAsync<Options>,
): FastifyPluginAsync<Options> {
  return Object.assign(register, { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: name });
}
