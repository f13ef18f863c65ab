/** One report of use, followed by its request id and its trace through everything that it causes. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findInSink } from '../../../src/drills/lab/parts/log-sink/find.ts';
import { nodeId } from '../../../src/drills/lab/parts/postgres.ts';
import { rent, until, type Platform } from './platform.ts';
import { lastUsage, listenAsApi, notifications } from './watchers.ts';

const LONG = 120_000;

export interface Traced {
  readonly traceId: string;
  readonly requestId: string;
}

export function requestSuite(platform: () => Platform): void {
  test(
    'one request is the same in every log and message, and its trace says what each hop took',
    { timeout: LONG },
    async () => {
      const lab = platform();
      const token = await lab.token('bob');
      const instance = await rent(lab, token, nodeId('node-agent-2'));
      const [channel, browser] = await Promise.all([listenAsApi(lab, 'bob'), notifications(lab, token)]);
      try {
        const { traceId, requestId } = await report(lab, token, instance);
        const of = (message: { requestId: string }) => message.requestId === requestId;
        const published = await until('the message in Redis', () => channel.seen.find(of));
        expect(traceOf(published)).toBe(traceId);
        const shown = await until('the notification', () => browser.seen.find(of));
        expect(shown).toMatchObject({ id: published.id, requestId });
        expect(await until('the message in NATS', () => lastUsage(lab, requestId))).toMatchObject({
          requestId,
          traceId,
        });
        for (const service of ['edge', 'api', 'billing-worker', 'notification-relay'])
          expect(await logged(lab, service, requestId)).toMatchObject({ trace_id: traceId });
        await everyHop(lab, traceId);
        await inTheSink(lab, { traceId, requestId });
      } finally {
        await Promise.all([channel.close(), browser.close()]);
      }
    },
  );
}

/** Reports a minute with a trace of the caller's own; answers under which id the edge took it. */
export async function report(platform: Platform, token: string, instance: string): Promise<Traced> {
  const traceId = randomBytes(16).toString('hex');
  const answer = await platform.api(`/api/v1/instances/${instance}/usage`, {
    token,
    method: 'POST',
    body: { seconds: 60 },
    headers: { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` },
  });
  expect(answer.status, answer.text).toBe(202);
  const requestId = String(answer.headers['x-request-id']);
  expect(requestId).toMatch(/^[0-9a-f]{32}$/);
  return { traceId, requestId };
}

export function traceOf({ traceparent }: { readonly traceparent: string }): string | undefined {
  return traceparent.split('-')[1];
}

/** The line of any replica of the service that has the request's id. */
export function logged(
  { open: { lab } }: Platform,
  service: string,
  requestId: string,
): Promise<Record<string, unknown>> {
  const logs =
    service === 'edge'
      ? [join(lab.folder('edge'), 'logs/access.log')]
      : lab.replicas(service).map((part) => lab.log(part));
  return until(`${requestId} in the log of ${service}`, () => {
    const lines = logs.flatMap((path) => readFileSync(path, 'utf8').split('\n'));
    const line = lines.find((text) => text.includes(`"request_id":"${requestId}"`));
    return line === undefined ? undefined : (JSON.parse(line) as Record<string, unknown>);
  });
}

interface Hop {
  readonly service: string;
  readonly from?: string;
  /** Milliseconds. */
  readonly duration: number;
}

async function everyHop({ open: { lab } }: Platform, traceId: string): Promise<void> {
  const services = ['edge', 'api', 'billing-worker', 'notification-relay'];
  const hops = await until('a span of each service', async () => {
    const answer = await fetch(`http://127.0.0.1:${lab.port('otlp', 'http')}/v1/traces/${traceId}/hops`);
    const found = ((await answer.json()) as { hops: Hop[] }).hops;
    return services.every((service) => found.some((hop) => hop.service === service)) ? found : undefined;
  });
  // The edge counts whole milliseconds.
  for (const { service, duration } of hops) expect(duration).toBeGreaterThan(service === 'edge' ? -1 : 0);
  expect(hops.find(({ service }) => service === 'api')).toMatchObject({ from: 'edge' });
  expect(hops.find(({ service }) => service === 'billing-worker')).toMatchObject({ from: 'api' });
}

async function inTheSink({ open: { lab } }: Platform, { traceId, requestId }: Traced): Promise<void> {
  const sink = join(lab.folder('log-sink'), 'sink');
  const lines = await until('the lines in the sink', async () => {
    const found = await findInSink(sink, { requestId });
    const services = new Set(found.map(({ part }) => part.replace(/-\d+$/, '')));
    const all = ['edge', 'api', 'billing-worker', 'notification-relay'].every((service) => services.has(service));
    return all ? found : undefined;
  });
  expect([...new Set(lines.map(({ json }) => json?.['trace_id']))]).toEqual([traceId]);
}
