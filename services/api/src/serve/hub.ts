/** The hub of notifications with its subscription, under the request and trace that each message came with. */
import { contextFields, fromEnvelope, runWith } from '@launchgate/runtime/correlation';
import { consumerSpan } from '@launchgate/runtime/telemetry';
import { createHub, type Hub } from '../notifications/hub.ts';
import type { Notification } from '../notifications/message.ts';
import { subscribe, type Subscription } from '../notifications/subscription.ts';
import type { Access } from './access.ts';
import type { Connections } from './connections.ts';
import type { Parts } from './parts.ts';

export interface OpenHub {
  readonly hub: Hub;
  readonly subscription: () => Subscription;
  readonly onDropped: (count: number) => void;
}

export function openHub(
  { subscriber }: Connections,
  { denylist, revoked }: Access,
  { log, metrics, lifecycle }: Parts,
): OpenHub {
  const hub = createHub({ revoked });
  denylist.onChange(() => hub.judge());

  function deliver(user: string, message: Notification): void {
    const correlation = fromEnvelope(message);
    runWith(correlation, () =>
      consumerSpan('redis', 'notify.user', correlation.parent, () => {
        const clients = hub.deliver(user, message);
        metrics.hubMessages.inc({ result: clients === 0 ? 'nobody' : 'delivered' });
        log.info({ notification: message.id, type: message.type, user, clients, ...contextFields() }, 'notification');
      }),
    );
  }

  const subscription = subscribe({
    subscriber,
    deliver,
    gap: () => hub.gap(),
    onMalformed: () => metrics.hubMessages.inc({ result: 'malformed' }),
    onError: (error) => log.error({ err: error }, 'notify.user.* cannot be subscribed to'),
  });
  hub.start();
  lifecycle.hook('consumers', 'hub', () => hub.stop());
  metrics.hubClients.set(0);
  return {
    hub,
    subscription: () => subscription,
    onDropped: (count) => metrics.hubMessages.inc({ result: 'dropped' }, count),
  };
}
