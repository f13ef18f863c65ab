/** What a user is told. As it stands in the outbox, travels through Redis and arrives in the page. */
import { z } from 'zod';

export const CHANNEL_PATTERN = 'notify.user.*';
const CHANNEL_PREFIX = 'notify.user.';
const MAX_BYTES = 65_536;

const notification = z.object({
  id: z.uuid(),
  type: z.string().regex(/^[a-z][a-z0-9_.]{0,63}$/),
  data: z.record(z.string(), z.unknown()),
  at: z.iso.datetime({ offset: true }),
  requestId: z.string().max(128).nullish(),
  traceparent: z.string().max(128).nullish(),
  tracestate: z.string().max(512).nullish(),
});

export type Notification = z.infer<typeof notification>;

/** The user of a channel; undefined for a channel that is not a user's. */
export function userOf(channel: string): string | undefined {
  return channel.startsWith(CHANNEL_PREFIX) ? channel.slice(CHANNEL_PREFIX.length) || undefined : undefined;
}

/** Undefined for anything that the relay would not have written. */
export function parseNotification(text: string): Notification | undefined {
  if (text.length > MAX_BYTES) return undefined;
  try {
    return notification.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Says that messages were lost on the way to this client, so that it reads its state anew. */
export const GAP = { type: 'gap' } as const;

/** Says that nothing before it is missing, and where a client that was told nothing since may go on. */
export interface Joined {
  readonly type: 'joined';
  readonly position: string;
}

export type Frame = Notification | typeof GAP | Joined;

/** Milliseconds by which the clocks of this process and of the database may differ. */
const CLOCKS = 5000;

/** Where a client stands: the id of the last notification it was told, or a `position`. */
export const position = z.union([z.uuid(), z.iso.datetime()]);

export function joined(): Joined {
  return { type: 'joined', position: new Date(Date.now() - CLOCKS).toISOString() };
}
