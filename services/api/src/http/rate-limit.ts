/**
 * A request rate per user or address, over all replicas: the generic cell rate algorithm (ITU-T I.371) in one round trip to Redis. When Redis
 * does not answer at once, the same rate is held per process: a limit may become wider by the number of replicas, never vanish, and
 * never make a request wait.
 */
import { before } from '@launchgate/service-common/deadline';
import { Problem } from './problem.ts';

export interface RateRedis {
  eval(script: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
}

export interface RateLimitOptions {
  readonly redis: RateRedis;
  /** Requests in a second, in the long run. */
  readonly rate: number;
  /** Requests at once. */
  readonly burst: number;
  /** Milliseconds that Redis has. */
  readonly deadlineMs?: number;
  readonly now?: () => number;
}

export type RateLimit = (who: string) => Promise<void>;

/**
 * KEYS[1]: theoretical arrival time in ms of Redis' own clock. ARGV: interval, tolerance. Answers the ms to wait, 0 to go on. None lies further ahead than both
 * together; one that does is of a clock that was set since, or of the server before a failover, and would shut its user out for as long. It counts as a burst that
 * is all but used up.
 */
const SCRIPT = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local tat = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
if tat > now + ARGV[1] + ARGV[2] + 1 then tat = now + ARGV[2] end
local wait = tat - tonumber(ARGV[2]) - now
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[1], tat + ARGV[1], 'PX', math.ceil(tat + ARGV[1] - now + 1))
return 0`;

const LOCAL_MAX = 50_000;

/** Throws 429 with Retry-After. */
export function createRateLimit({
  redis,
  rate,
  burst,
  deadlineMs = 50,
  now = () => performance.now(),
}: RateLimitOptions): RateLimit {
  const interval = 1000 / rate;
  const tolerance = interval * (burst - 1);
  const local = new Map<string, number>();

  function locally(who: string): number {
    const tat = Math.max(local.get(who) ?? 0, now());
    const wait = tat - tolerance - now();
    if (wait > 0) return wait;
    local.delete(who);
    local.set(who, tat + interval);
    if (local.size > LOCAL_MAX) local.delete(local.keys().next().value ?? '');
    return 0;
  }

  return async (who) => {
    const asked = redis.eval(SCRIPT, 1, `ratelimit:${who}`, interval, tolerance);
    const answer = await answerOf(asked, deadlineMs);
    const wait = answer ?? locally(who);
    if (wait <= 0) return;
    const seconds = String(Math.ceil(wait / 1000));
    throw new Problem(429, 'Too many requests', `At most ${rate} requests a second.`, {
      headers: { 'retry-after': seconds },
    });
  };
}

/** Undefined when it failed or took longer. */
async function answerOf(asked: Promise<unknown>, ms: number): Promise<number | undefined> {
  const value = await before(ms, asked, () => new Error('Redis did not answer')).catch(() => undefined);
  return typeof value === 'number' ? value : undefined;
}
