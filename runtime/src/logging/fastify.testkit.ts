/** An application that logs into a list. */
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { afterEach, expect } from 'vitest';
import { contextFields, correlation } from '../correlation/index.ts';
import { accessLog, checkLine, createLogger, loggerOptions } from './index.ts';

export interface Line {
  msg: string;
  route: string;
  status: number;
  level: string;
  request_id: string;
  trace_id: string;
  [field: string]: unknown;
}
/** Closed after each test. */
export const apps: FastifyInstance[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

/** An application with its access log, on a port of this machine; `until` so many requests have their lines, each of which fits the schema. */
export async function start(
  setup: (app: FastifyInstance) => void,
  options: Pick<FastifyServerOptions, 'frameworkErrors'> = {},
): Promise<{
  port: number;
  app: FastifyInstance;
  lines: readonly string[];
  until: (count: number) => Promise<Line[]>;
}> {
  const lines: string[] = [];
  let told: () => void = () => undefined;
  const log = createLogger({
    service: 'test',
    context: contextFields,
    destination: { write: (line) => (lines.push(line), told()) },
  });
  const app = fastify({ ...loggerOptions(log), ...options });
  apps.push(app as unknown as FastifyInstance);
  await app.register(correlation, { trust: { cidrs: ['127.0.0.0/8'] } });
  await app.register(accessLog, { log, upgradeRoute: (path) => (path.startsWith('/ws/') ? '/ws/:id' : undefined) });
  setup(app as unknown as FastifyInstance);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const requests = (): string[] => lines.filter((line) => line.includes('"msg":"request"'));
  const until = async (count: number): Promise<Line[]> => {
    while (requests().length < count) await new Promise<void>((resolve) => (told = resolve));
    for (const line of requests()) expect(checkLine(line, 'request')).toEqual([]);
    return requests().map((line) => JSON.parse(line) as Line);
  };
  return {
    port: (app.server.address() as { port: number }).port,
    app: app as unknown as FastifyInstance,
    lines,
    until,
  };
}
