/**
 * The server under load of `kit.ts`: Fastify with a JSON route, bare or with the parts of the kit that its argument names. Standard output is the
 * log; the port, and on SIGUSR2 the processor time in microseconds, go to standard error.
 */
import { randomUUID } from 'node:crypto';
import fastify, { type FastifyInstance, type preHandlerHookHandler } from 'fastify';
import { contextFields, correlation } from '../runtime/src/correlation/index.ts';
import { createDenylist, requireNotRevoked, type DenylistSource } from '../runtime/src/denylist/index.ts';
import { createHealth, createShedder, healthPlugin, sheddingPlugin } from '../runtime/src/health/index.ts';
import { createLifecycle, lifecyclePlugin, serverOptions } from '../runtime/src/lifecycle/index.ts';
import { accessLog, createLogger, loggerOptions } from '../runtime/src/logging/index.ts';
import { createMetrics, startTelemetry, telemetry } from '../runtime/src/telemetry/index.ts';

/** What of new traces a service with this many requests records. */
const RATIO = 0.01;

const [parts = '', endpoint] = process.argv.slice(2);
const has = (part: string): boolean => parts.split(',').includes(part);
const log = createLogger({ service: 'bench', context: contextFields });
const app = fastify({
  ...(has('options') ? { http: serverOptions } : {}),
  ...(has('logging') ? loggerOptions(log) : {}),
}) as unknown as FastifyInstance;
if (has('correlation')) await app.register(correlation, { trust: { cidrs: ['127.0.0.1'] } });
if (has('logging')) await app.register(accessLog, { log });
await app.register(telemetry, {
  ...(has('metrics') ? { metrics: createMetrics({ service: 'bench' }) } : {}),
  ...(has('traces') ? { tracing: startTelemetry({ service: 'bench', endpoint, ratio: RATIO }) } : {}),
});
if (has('lifecycle'))
  await app.register(lifecyclePlugin, { lifecycle: createLifecycle({ propagationDelay: 0, drainWindow: 0 }) });
if (has('health')) {
  const health = createHealth({ dependencies: [] });
  await health.start();
  await app.register(healthPlugin, { health });
  await app.register(sheddingPlugin, { shedder: createShedder(), health });
}

/** A list of a thousand tokens, and claims as authentication leaves them. */
async function denylistHook(): Promise<preHandlerHookHandler> {
  const revoked = Array.from({ length: 1000 }, (_, id) => ({
    id: id + 1,
    mark: '',
    kind: 'token' as const,
    value: randomUUID(),
  }));
  const source: DenylistSource = {
    async run(sink) {
      const rebuild = sink.begin();
      rebuild.add(revoked);
      rebuild.commit({ id: revoked.length, mark: '' });
      sink.confirm({ wall: Date.now(), steady: performance.now() });
    },
  };
  const denylist = createDenylist({ source, maxStalenessMs: 86_400_000 });
  await denylist.start();
  await denylist.synced(10_000);
  const claims = { jti: randomUUID(), sub: randomUUID(), sid: randomUUID(), tenant: 'tenant-1', kid: 'key-1', iat: 1 };
  return requireNotRevoked(denylist, { claims: () => claims });
}

const properties = { id: { type: 'string' }, state: { type: 'string' }, gpus: { type: 'number' } };
app.get(
  '/api/v1/instances/:id',
  {
    ...(has('denylist') ? { preHandler: await denylistHook() } : {}),
    schema: { response: { 200: { type: 'object', properties } } },
  },
  (request, reply) => {
    const { id } = request.params as { id: string };
    reply.send({ id, state: 'ready', gpus: 8 });
  },
);
await app.listen({ port: 0, host: '127.0.0.1' });
const address = app.server.address();
process.stderr.write(`${typeof address === 'object' ? address?.port : 0}\n`);
process.on('SIGUSR2', () => {
  const { user, system } = process.cpuUsage();
  process.stderr.write(`${user + system}\n`);
});
process.once('SIGTERM', () => process.exit());
