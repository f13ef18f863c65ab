/** Shedding in a Fastify application, before anything else of a request is done. Register it first. */
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { plugin } from '../shared/plugin.ts';
import { exchangeOf, onSettled } from '../shared/settled.ts';
import type { Health } from './health.ts';
import type { Priority, Shedder } from './shedder.ts';

/** What a route says of itself in its `config`. */
export interface RouteShedding {
  /** `normal` where it is not said. */
  readonly priority?: Priority;
  /** Dependencies without which it cannot answer: while one is down it is refused at once, and waits for no timeout. */
  readonly needs?: readonly string[];
  /** False for answers whose duration says nothing about load: event streams, long-polls, downloads. */
  readonly sample?: boolean;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    shedding?: RouteShedding;
  }
}

export interface SheddingPluginOptions {
  readonly shedder: Shedder;
  /** Asked for `needs`. */
  readonly health?: Pick<Health, 'isUp'>;
}

const NOTHING: RouteShedding = {};

/** Throws, when a route is added, for a dependency in `needs` that nobody declared. */
export const sheddingPlugin = plugin('shedding', shed);

async function shed(fastify: FastifyInstance, { shedder, health }: SheddingPluginOptions): Promise<void> {
  if (shedder.off) return;

  fastify.addHook('onRoute', ({ url, config }) => {
    for (const name of config?.shedding?.needs ?? []) {
      if (health === undefined) throw new Error(`route ${url} needs ${name}, and shedding was given no health to ask`);
      health.isUp(name);
    }
  });

  const admitted = Symbol('launchgate.admitted');
  type Admitted = FastifyRequest & { [admitted]?: Priority };
  onSettled(fastify, {
    end({ request, config, aborted, seconds, end }) {
      const priority = (request as Admitted)[admitted];
      if (priority === undefined) return;
      const tells = !aborted && config.shedding?.sample !== false;
      shedder.release(priority, tells ? seconds * 1000 : undefined, end);
    },
  });
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, next: HookHandlerDoneFunction) => {
    const { priority = 'normal', needs } = exchangeOf(request).config.shedding ?? NOTHING;
    if (priority === 'never') return next();
    const missing = needs?.find((name) => health?.isUp(name) === false);
    if (missing !== undefined) return refuse(reply, shedder.refuse(priority, 'dependency'), `${missing} is down`);
    if (!shedder.acquire(priority)) return refuse(reply, shedder.refuse(priority, 'overload'), 'overloaded');
    (request as Admitted)[admitted] = priority;
    return next();
  });
}

function refuse(reply: FastifyReply, seconds: number, message: string): void {
  void reply.code(503).header('retry-after', seconds).send({ statusCode: 503, error: 'Service Unavailable', message });
}
