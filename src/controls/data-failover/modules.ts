/** Stores that modules make whose sources are not here: by what their inputs say where those are known, else not known. */
import type { Configuration } from '../../proofs/topology/evaluate/index.ts';
import { makesStore } from '../../proofs/topology/index.ts';
import { flag } from '../../proofs/topology/read.ts';
import { dies, survives, untold, type FailoverFact } from './facts.ts';

/** Inputs that must all be true, by the module. */
const MODULES: Readonly<Record<string, readonly string[]>> = {
  rds: ['multi_az'],
  elasticache: ['automatic_failover_enabled', 'multi_az_enabled'],
};
const MODULE = /^(?:registry\.[a-z.]+\/)?terraform-aws-modules\/(?<name>[\w-]+)\/aws$/;

export function moduleFact({
  address,
  source,
  inputs,
  origin,
}: Configuration['unread'][number]): FailoverFact | undefined {
  const switches = MODULES[MODULE.exec(source)?.groups?.['name'] ?? ''];
  if (inputs.attribute('replicate_source_db') !== undefined) return undefined;
  if (switches === undefined)
    return makesStore(source)
      ? untold(address, `is called after a store, and its source ${source} is not here`, origin)
      : undefined;
  const told = switches.map((name) => ({ name, stated: inputs.attribute(name), value: flag(inputs, name, false) }));
  const off = told.find(({ stated, value }) => stated !== undefined && value.known && !value.value);
  if (off !== undefined)
    return dies(address, `runs in one zone: ${off.name} is not true`, `Set ${off.name} to true.`, off.value.origin);
  const open = told.find(({ stated, value }) => stated === undefined || !value.known);
  if (open === undefined) return survives(address, `has a standby in another zone (${switches.join(', ')})`, origin);
  const because = open.value.known
    ? `does not set ${open.name}, and its source ${source} is not here`
    : `leaves ${open.name} open: ${open.value.because}`;
  return untold(address, because, open.value.origin);
}
