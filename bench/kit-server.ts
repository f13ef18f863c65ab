/**
 * The server under load of `kit.ts`: bare Fastify with a JSON route, with the parts of the kit that its arguments name. Writes its port on
 * standard error; standard output is the log.
 */
import fastify from 'fastify';
import { contextFields, correlation } from '../runtime/src/correlation/index.ts';
import { accessLog, createLogger, loggerOptions } from '../runtime/src/logging/index.ts';
import { createMetrics, startTelemetry, telemetry } from '../runtime/src/telemetry/index.ts';

const [parts = '', endpoint] = process.argv.slice(2);
const has = (part: string): boolean => parts.split(',').includes(part);
const log = createLogger({ service: 'bench', context: contextFields });
const app = fastify(has('logging') ? loggerOptions(log) : {});
if (has('correlation')) await app.register(correlation, { trust: { cidrs: ['127.0.0.1'] } });
if (has('logging')) await app.register(accessLog, { log });
if (has('metrics')) await app.register(telemetry, { metrics: createMetrics({ service: 'bench' }) });
if (has('traces'))
  await app.register(telemetry, {
    tracing: startTelemetry({ service: 'bench', endpoint, ratio: Number(process.env.RATIO ?? 0.1) }),
  });

app.get(
  '/api/v1/instances/:id',
  {
    schema: {
      response: {
        200: {
          type: 'object',
          properties: { id: { type: 'string' }, state: { type: 'string' }, gpus: { type: 'number' } },
        },
      },
    },
  },
  (request, reply) => {
    const { id } = request.params as { id: string };
    reply.send({ id, state: 'ready', gpus: 8 });
  },
);
await app.listen({ port: 0, host: '127.0.0.1' });
const address = app.server.address();
process.stderr.write(`${typeof address === 'object' ? address?.port : 0}\n`);
/** Processor time in microseconds, which tells what a request costs even where other processes take turns. */
process.on('SIGUSR2', () => {
  const { user, system } = process.cpuUsage();
  process.stderr.write(`${user + system}\n`);
});
process.once('SIGTERM', () => process.exit());
