/**
 * The clients of this process, by user. Each message of a user goes to all of that user's clients and to nobody else. Clients are judged
 * again while they are connected: whose token was revoked or has expired is let go.
 */
import type { Principal } from '../identity/token.ts';
import { Problem } from '../http/problem.ts';
import { GAP, type Frame } from './message.ts';

export type Farewell = 'revoked' | 'expired' | 'slow';

export interface HubClient {
  readonly principal: Principal;
  offer(frame: Frame): void;
  leave(why: Farewell): void;
  /** Every few seconds: shows the client that the line lives, and ends it when it does not. */
  beat(): void;
}

export interface HubOptions {
  readonly revoked: (principal: Principal) => boolean;
  readonly perUser?: number;
  readonly perProcess?: number;
  /** Milliseconds between heartbeats; a load balancer between must wait longer. */
  readonly beatMs?: number;
  /** Milliseconds between two looks at the tokens; revocations come at once by `judge`. */
  readonly judgeMs?: number;
  readonly now?: () => number;
}

export interface Hub {
  /** Throws 429 or 503 where there is no room. */
  checkRoom(user: string): void;
  /** Answers the undo. */
  join(client: HubClient): () => void;
  deliver(user: string, frame: Frame): number;
  /** Messages may have been lost for everybody. */
  gap(): void;
  /** Looks at every client's token now. */
  judge(): void;
  size(): number;
  start(): void;
  stop(): void;
}

export function createHub(options: HubOptions): Hub {
  const { revoked, perUser = 20, perProcess = 10_000, beatMs = 15_000, judgeMs = 5000, now = Date.now } = options;
  const users = new Map<string, Set<HubClient>>();
  const timers: NodeJS.Timeout[] = [];
  let count = 0;

  function everyone(): HubClient[] {
    return [...users.values()].flatMap((clients) => [...clients]);
  }

  function judge(): void {
    const seconds = now() / 1000;
    for (const client of everyone()) {
      if (client.principal.exp <= seconds) client.leave('expired');
      else if (revoked(client.principal)) client.leave('revoked');
    }
  }

  return {
    checkRoom(user) {
      if (count >= perProcess)
        throw new Problem(503, 'Service unavailable', 'This instance has no room for another stream.', {
          headers: { 'retry-after': '5' },
        });
      if ((users.get(user)?.size ?? 0) >= perUser)
        throw new Problem(429, 'Too many requests', `More than ${perUser} streams of one user.`, {
          headers: { 'retry-after': '30' },
        });
    },
    join(client) {
      const user = client.principal.sub;
      const clients = users.get(user) ?? new Set();
      users.set(user, clients.add(client));
      count += 1;
      return () => {
        if (!clients.delete(client)) return;
        count -= 1;
        if (clients.size === 0 && users.get(user) === clients) users.delete(user);
      };
    },
    deliver(user, frame) {
      const clients = users.get(user);
      for (const client of clients ?? []) client.offer(frame);
      return clients?.size ?? 0;
    },
    gap() {
      for (const client of everyone()) client.offer(GAP);
    },
    judge,
    size: () => count,
    start() {
      timers.push(
        setInterval(judge, judgeMs),
        setInterval(() => {
          for (const client of everyone()) client.beat();
        }, beatMs),
      );
      for (const timer of timers) timer.unref();
    },
    stop() {
      for (const timer of timers.splice(0)) clearInterval(timer);
    },
  };
}
