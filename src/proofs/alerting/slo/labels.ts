import { windowName } from './numbers.ts';
import type { Slo } from './types.ts';

/** What tells an SLO from the others: service, name and period. */
export function identity({ service, name, period }: Slo): string {
  return `${service}-${name}-${windowName(period)}`;
}

/** Labels that every record and alert of the SLO carries: Sloth's, and the period, so that two periods of one SLO stay apart. */
export function labelsOf({ service, name, period, labels }: Slo): Record<string, string> {
  return {
    ...labels,
    sloth_id: `${service}-${name}`,
    sloth_service: service,
    sloth_slo: name,
    slo_period: windowName(period),
  };
}

export function selectorOf(slo: Slo): string {
  const { sloth_id, sloth_service, sloth_slo, slo_period } = labelsOf(slo);
  return `sloth_id="${sloth_id}", sloth_service="${sloth_service}", sloth_slo="${sloth_slo}", slo_period="${slo_period}"`;
}

/** `ApiAvailabilityBurnPage`; the service is left out where the SLO's name begins with it. */
export function alertName({ service, name }: Slo, what: string): string {
  const whole = name.startsWith(service) ? name : `${service}-${name}`;
  const words = whole.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return [...words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`), what].join('');
}
