import type { Patch, Subject } from '../../model/control.ts';
import type { guard } from './check.ts';

type Guard = ReturnType<ReturnType<typeof guard>>;

/** Narrows what is set to the declared subnets; without declared subnets there is nothing to derive. */
export function synth(_subject: Subject, { variable, settings, subnets }: Guard): Patch[] {
  const cidrs = subnets.flatMap((subnet) => subnet.cidrs);
  if (cidrs.length === 0) return [];
  return settings.map(({ origin }) => ({
    op: 'set',
    origin,
    value: cidrs.join(','),
    reason: `${variable} as the declared subnets ${subnets.map(({ name }) => name).join(', ')}`,
  }));
}
