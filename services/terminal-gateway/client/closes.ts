/** What a page does when its connection ends: by the close code, RFC 6455 §7.4 and the gateway's own. */
export type Ending =
  | { readonly action: 'stop'; readonly reason: StopReason }
  /** Tries again after the pause; `backoff`: the pause grows with every failure. */
  | { readonly action: 'resume'; readonly pauseMs: number | 'backoff' };

export type StopReason =
  | 'ended'
  | 'protocol'
  | 'revoked'
  | 'session-lost'
  | 'idle'
  | 'taken-over'
  | 'ended-by-operator'
  | 'expired'
  | 'too-many-sessions'
  | 'login';

const STOPS: Readonly<Record<number, StopReason>> = {
  1000: 'ended',
  1002: 'protocol',
  1003: 'protocol',
  1007: 'protocol',
  1008: 'revoked',
  1009: 'protocol',
  4400: 'protocol',
  4404: 'session-lost',
  4408: 'idle',
  4409: 'taken-over',
  4410: 'ended-by-operator',
  4419: 'expired',
  4429: 'too-many-sessions',
};

export function endingOf(code: number, random: () => number): Ending {
  const reason = STOPS[code];
  if (reason !== undefined) return { action: 'stop', reason };
  if (code === 1012) return { action: 'resume', pauseMs: random() * 2000 };
  if (code === 1013) return { action: 'resume', pauseMs: 5000 + random() * 5000 };
  if (code === 4401) return { action: 'resume', pauseMs: 0 };
  return { action: 'resume', pauseMs: 'backoff' };
}

/** Milliseconds before the try after `failures` failed ones: full jitter under a ceiling that doubles from half a second to half a minute. */
export function backoff(failures: number, random: () => number): number {
  return random() * Math.min(30_000, 500 * 2 ** Math.min(failures, 16));
}
