import { createMetrics } from '@launchgate/runtime/telemetry';
import { expect, test } from 'vitest';
import { relayMetrics } from './metrics.ts';

test('an outbox that nobody could count is not an empty one', async () => {
  const metrics = createMetrics({ service: 'notification-relay', defaults: false });
  const { backlog, backlogUnknown } = relayMetrics(metrics);
  const shown = async () =>
    (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith('notification_outbox'));
  expect(await shown()).toEqual([]);
  backlog({ waiting: 3, set_aside: 0, oldest_seconds: 70 });
  expect(await shown()).toEqual([
    'notification_outbox_waiting 3',
    'notification_outbox_oldest_seconds 70',
    'notification_outbox_set_aside 0',
  ]);
  backlogUnknown();
  expect(await shown()).toEqual([]);
});
