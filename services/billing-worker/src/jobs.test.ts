import { createMetrics } from '@launchgate/runtime/telemetry';
import { expect, test } from 'vitest';
import { periodicJobs } from './jobs.ts';
import { workerMetrics } from './metrics.ts';
import type { Work } from './work.ts';

test('a consumer that is gone has no backlog, a database that is away no totals, and not the last ones for ever', async () => {
  const metrics = createMetrics({ service: 'billing-worker' });
  let query: () => Promise<object> = async () => ({ rows: [{ metered: '5', booked: '4' }] });
  let info: () => Promise<object> = async () => ({ num_pending: 3, num_ack_pending: 1, num_redelivered: 0 });
  const work = {
    config: {},
    pool: { query: () => query() },
    stream: () => ({ consumers: { get: async () => ({ info }) } }),
    measured: workerMetrics(metrics),
  } as unknown as Work;
  const job = periodicJobs(work).find(({ name }) => name === 'numbers');
  const shown = async () =>
    (await metrics.registry.metrics()).split('\n').filter((line) => /^billing_(consumer|metered)/.test(line));
  expect(await shown()).toEqual([]);
  await job?.run();
  expect(await shown()).toEqual(
    expect.arrayContaining([expect.stringMatching(/^billing_consumer_messages.*pending.* 3$/)]),
  );
  info = () => Promise.reject(new Error('consumer not found'));
  await expect(job?.run()).rejects.toThrow('consumer not found');
  expect(await shown()).toEqual([expect.stringMatching(/^billing_metered_cents.* 5$/)]);
  query = () => Promise.reject(new Error('connection refused'));
  await expect(job?.run()).rejects.toThrow();
  expect(await shown()).toEqual([]);
});
