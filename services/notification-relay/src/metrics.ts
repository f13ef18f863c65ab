import type { Metrics } from '@launchgate/runtime/telemetry';
import { Counter, Histogram } from 'prom-client';
import type { Relayed } from './relay.ts';

/** What an alert of the relay asks: how late notifications are, and whether anybody heard them. */
export function relayMetrics({ registry }: Metrics): { published: (relayed: Relayed) => void } {
  const lag = new Histogram({
    name: 'notification_relay_lag_seconds',
    help: 'Time from the event to its publication.',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [registry],
  });
  const unheard = new Counter({
    name: 'notification_relay_unheard_total',
    help: 'Notifications that no hub was subscribed to receive.',
    registers: [registry],
  });
  return {
    published({ published }) {
      const now = Date.now();
      for (const { row, receivers } of published) {
        lag.observe(Math.max(0, now - row.created_at.getTime()) / 1000);
        if (receivers === 0) unheard.inc();
      }
    },
  };
}
