import type { Patch, Subject } from '../../model/control.ts';
import { deadPortFlaw, flawsOf, type Params } from './flaws.ts';
import type { Probed } from './input.ts';

/**
 * Corrects probes that exist: a port name that only one port can have meant, a host that is not the pod, a restart that
 * comes as soon as the shedding. What a missing probe should ask is known to people only, and so is a service that lacks one.
 */
export function synth(_subject: Subject, { containers, deadPorts = [] }: Probed, params: Params): Patch[] {
  const flaws = [...containers.flatMap((container) => flawsOf(container, params)), ...deadPorts.map(deadPortFlaw)];
  return flaws.every(({ patches }) => patches !== undefined) ? flaws.flatMap(({ patches = [] }) => patches) : [];
}
