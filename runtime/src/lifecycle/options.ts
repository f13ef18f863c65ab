/** How long each step of leaving may take, and where the times come from. */
import { parseDuration } from '../shared/duration.ts';
import type { Log } from '../shared/log.ts';

export interface LifecycleOptions {
  /** Milliseconds of serving on after the signal, until every proxy has taken this process out. 0 where preStop slept already. */
  readonly propagationDelay?: number;
  /** Milliseconds that open work gets once nothing new can arrive. */
  readonly drainWindow?: number;
  /** Milliseconds for the hooks, after the servers are empty. */
  readonly hookWindow?: number;
  /** What preStop sleeps, in milliseconds: only for the arithmetic at boot. */
  readonly preStop?: number;
  /** `terminationGracePeriodSeconds` in milliseconds: only for the arithmetic at boot. */
  readonly gracePeriod?: number;
  readonly log?: Log;
  /** What an upgrade (WebSocket, CONNECT) gets between signal and close of the listener. */
  readonly upgradesWhileLeaving?: 'refuse' | 'serve';
  /** Bounds, in milliseconds, between which each client is told to come back. */
  readonly retryAfter?: { readonly min: number; readonly max: number };
  /** A signal ends the process at once, as if there were no kit: so that a drill can show what it is good for. */
  readonly off?: boolean;
}

export type Settings = Required<Omit<LifecycleOptions, 'log' | 'preStop' | 'gracePeriod'>>;

export function settingsOf(options: LifecycleOptions): Settings {
  const settings = {
    propagationDelay: options.propagationDelay ?? 5_000,
    drainWindow: options.drainWindow ?? 30_000,
    hookWindow: options.hookWindow ?? 5_000,
    upgradesWhileLeaving: options.upgradesWhileLeaving ?? 'refuse',
    retryAfter: options.retryAfter ?? { min: 1_000, max: 5_000 },
    off: options.off ?? false,
  };
  const { min, max } = settings.retryAfter;
  for (const [name, value] of Object.entries({ ...settings, min, max, span: max - min }))
    if (typeof value === 'number' && !(value >= 0 && value <= 2 ** 31 - 1))
      throw new RangeError(`${name} of the lifecycle is ${value}, expected milliseconds between 0 and ${2 ** 31 - 1}`);
  return settings;
}

const VARIABLES = {
  propagationDelay: 'SHUTDOWN_PROPAGATION_DELAY',
  drainWindow: 'SHUTDOWN_DRAIN_WINDOW',
  hookWindow: 'SHUTDOWN_HOOK_WINDOW',
  preStop: 'PRE_STOP_DELAY',
  gracePeriod: 'GRACE_PERIOD',
} as const;

/**
 * The times from environment variables: `SHUTDOWN_PROPAGATION_DELAY`, `SHUTDOWN_DRAIN_WINDOW`, `SHUTDOWN_HOOK_WINDOW`,
 * `PRE_STOP_DELAY` and `GRACE_PERIOD`, each optional, each a duration such as `45s`.
 * @throws RangeError that names the variable.
 */
export function readLifecycleOptions(environment: Readonly<Record<string, string | undefined>>): LifecycleOptions {
  const given = Object.entries(VARIABLES).flatMap(([option, variable]) => {
    const text = environment[variable];
    return text === undefined || text === '' ? [] : [[option, parseDuration(text, variable)] as const];
  });
  return Object.fromEntries(given);
}
