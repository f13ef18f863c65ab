import { createLogger } from '@launchgate/runtime/logging';
import { expect, test } from 'vitest';
import type { Database } from '../stores/database.ts';
import { measure } from './background.ts';
import { apiMetrics } from './metrics.ts';

test('what waits is told while it can be counted, and not the last number for ever', async () => {
  const metrics = apiMetrics();
  const log = createLogger({ service: 'api', destination: { write: () => undefined } });
  let query: () => Promise<object> = () => Promise.reject(new Error('connection refused'));
  const look = measure({ query: () => query() } as unknown as Database, () => 2, metrics, log);
  const shown = async () =>
    (await metrics.kit.registry.metrics())
      .split('\n')
      .filter((line) => /^(?:events_outbox|provisioning_oldest|notification_clients)/.test(line));
  await look();
  expect(await shown()).toEqual(['notification_clients 2']);
  query = async () => ({ rows: [{ waiting: 4, oldest_seconds: 9, region: 'eu', age: 30 }] });
  await look();
  expect(await shown()).toEqual([
    'provisioning_oldest_pending_seconds{region="eu"} 30',
    'notification_clients 2',
    'events_outbox_waiting 4',
    'events_outbox_oldest_seconds 9',
  ]);
  query = () => Promise.reject(new Error('connection refused'));
  await look();
  expect(await shown()).toEqual(['notification_clients 2']);
});
