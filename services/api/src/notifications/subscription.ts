/**
 * The one connection of this process that hears what users are told: `PSUBSCRIBE notify.user.*`, the only pattern that its Redis user may
 * subscribe to. Redis keeps nothing for a subscriber that was away, so after a break the clients are told of a gap.
 */
import { CHANNEL_PATTERN, parseNotification, userOf, type Notification } from './message.ts';

/** What is used of an ioredis client that does nothing else. */
export interface Subscriber {
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
}

export interface Subscription {
  /** Whether the pattern is subscribed right now. */
  readonly live: () => boolean;
}

const RETRY_MS = 1000;

export function subscribe({ subscriber, deliver, gap, onMalformed, onError }: SubscriptionOptions): Subscription {
  let live = false;
  let broken = false;
  let retry: NodeJS.Timeout | undefined;
  subscriber.on('pmessage', (_pattern, channel, text) => {
    const user = userOf(channel);
    const message = parseNotification(text);
    if (user === undefined || message === undefined) onMalformed?.();
    else deliver(user, message);
  });
  subscriber.on('close', () => {
    broken ||= live;
    live = false;
  });
  async function begin(): Promise<void> {
    try {
      await subscriber.psubscribe(CHANNEL_PATTERN);
      live = true;
      if (broken) gap();
      broken = false;
    } catch (error) {
      onError?.(error);
      // The connection may stand all the same; if it does not, `ready` comes again and this one fails at once.
      clearTimeout(retry);
      retry = setTimeout(() => void begin(), RETRY_MS).unref();
    }
  }
  // Told by hand at each connection, rather than by the client's memory of subscriptions: then the answer is known to have come.
  subscriber.on('ready', () => {
    clearTimeout(retry);
    void begin();
  });
  return { live: () => live };
}
