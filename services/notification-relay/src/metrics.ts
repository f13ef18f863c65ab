import type { Metrics } from '@launchgate/runtime/telemetry';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Backlog } from './backlog.ts';
import type { Relayed } from './relay.ts';

export interface RelayMetrics {
  readonly published: (relayed: Relayed) => void;
  readonly backlog: (backlog: Backlog) => void;
  /** Nobody could say: no number is better than the last one, or than the 0 that a gauge begins with. */
  readonly backlogUnknown: () => void;
}

/** What an alert of the relay asks: how late notifications are, and whether anybody heard them. */
export function relayMetrics({ registry }: Metrics): RelayMetrics {
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
  const waiting = new Gauge({
    name: 'notification_outbox_waiting',
    help: 'Notifications that are not published yet, at most 10,000.',
    registers: [registry],
  });
  const oldest = new Gauge({
    name: 'notification_outbox_oldest_seconds',
    help: 'Age of the oldest of them.',
    registers: [registry],
  });
  const setAside = new Gauge({
    name: 'notification_outbox_set_aside',
    help: 'Notifications that could not be published, and are not tried any more.',
    registers: [registry],
  });
  const backlogUnknown = () => {
    for (const gauge of [setAside, waiting, oldest]) gauge.remove();
  };
  backlogUnknown();
  return {
    backlogUnknown,
    backlog(now) {
      setAside.set(now.set_aside);
      waiting.set(now.waiting);
      oldest.set(now.oldest_seconds);
    },
    published({ published }) {
      const now = Date.now();
      for (const { row, receivers } of published) {
        lag.observe(Math.max(0, now - row.created_at.getTime()) / 1000);
        if (receivers === 0) unheard.inc();
      }
    },
  };
}
