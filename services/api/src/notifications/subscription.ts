/**
 * The one connection of this process that hears what users are told: `PSUBSCRIBE notify.user.*`, the only pattern that its Redis user may
 * subscribe to. Redis keeps nothing for a subscriber that was away, so each time that
 * the pattern is subscribed, whoever is there already is told of a gap.
 */
import { CHANNEL_PATTERN, parseNotification, userOf, type Notification } from './message.ts';

/** What is used of an ioredis client that does nothing else. */
export interface Subscriber {
  /** `ready` once commands may be sent; the event of that name comes only then, and once. */
  readonly status: string;
  psubscribe(pattern: string): Promise<unknown>;
  on(event: 'pmessage', listener: (pattern: string, channel: string, message: string) => void): unknown;
  on(event: 'ready' | 'close', listener: () => void): unknown;
  ping(): Promise<unknown>;
}

export interface SubscriptionOptions {
  readonly subscriber: Subscriber;
  readonly deliver: (user: string, message: Notification) => void;
  readonly gap: () => void;
  readonly onMalformed?: () => void;
  readonly onError?: (error: unknown) => void;
  /** Milliseconds before the next try on a connection that stayed; default 500. */
  readonly retryMs?: number;
}

export interface Subscription {
  /** Whether the pattern is subscribed right now. */
  readonly live: () => boolean;
}

export function subscribe(options: SubscriptionOptions): Subscription {
  const { subscriber, deliver, gap, onMalformed, onError, retryMs = 500 } = options;
  let connection = 0;
  let live = false;
  subscriber.on('pmessage', (_pattern, channel, text) => {
    const user = userOf(channel);
    const message = parseNotification(text);
    if (user === undefined || message === undefined) onMalformed?.();
    else deliver(user, message);
  });
  subscriber.on('close', () => {
    connection += 1;
    live = false;
  });
  async function begin(of: number): Promise<void> {
    if (of !== connection) return;
    try {
      await subscriber.psubscribe(CHANNEL_PATTERN);
      if (of !== connection) return;
      live = true;
      gap();
    } catch (error) {
      onError?.(error);
      // An answer that came too late on a connection that stays: no other event would lead to another try.
      if (of === connection) setTimeout(() => void begin(of), retryMs).unref();
    }
  }
  // Told by hand at each connection, rather than by the client's memory of subscriptions: then the answer is known to have come.
  subscriber.on('ready', () => void begin(connection));
  // It may have been ready before anybody listened here.
  if (subscriber.status === 'ready') void begin(connection);
  return { live: () => live };
}
