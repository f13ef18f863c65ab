import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Finding } from '../../model/result.ts';
import { promDuration } from '../../proofs/alerting/promql/time-span.ts';
import { placedRules } from '../../proofs/alerting/rules.ts';
import type { Params } from './check.ts';

/** How long the condition of an alert must hold before it fires. */
export interface AlertWait {
  readonly name: string;
  readonly holder: string;
  /** As written: `10m`. */
  readonly wait: string;
  readonly seconds: number;
  readonly origin: Origin;
}

/** The alerts that wait. */
export function alertWaits(view: PlatformView): AlertWait[] {
  return placedRules(view).flatMap(({ kind, name, holder, at }): AlertWait[] => {
    const hold = at.get('for');
    const wait = hold.string() ?? '';
    const seconds = promDuration(wait) ?? 0;
    return kind === 'alert' && seconds > 0 ? [{ name, holder, wait, seconds, origin: hold.origin }] : [];
  });
}

/** Alerts that wait for so long that what they tell of is over, or its harm is done. */
export function tooPatient(waits: readonly AlertWait[], { longestWait }: Params): Finding[] {
  const most = promDuration(longestWait) ?? Infinity;
  return waits
    .filter(({ seconds }) => seconds > most)
    .map(({ name, holder, wait, origin }) => ({
      message: `alert ${name} of ${holder} fires only after its condition has held for ${wait} without a break, longer than ${longestWait}`,
      severity: 'high',
      origin,
      remediation: 'Shorten its for.',
    }));
}
