import type { Subject } from '../../model/control.ts';
import type { Origin } from '../../model/origin.ts';
import { failOr, inconclusive, type Result } from '../../model/result.ts';
import type { Tier } from '../../proofs/topology/index.ts';
import { layout } from './layout.ts';
import { openings } from './openings.ts';
import { unreadFindings } from './modules.ts';
import { flowFindings, storeFindings } from './stores.ts';
import type { Judged } from './judged.ts';
import type { Tiers } from './query.ts';

export interface Params {
  readonly tiers: readonly Tier[];
  readonly minZones: number;
  readonly clients: readonly Tier[];
  readonly allowedSources: readonly string[];
  readonly adminPorts: readonly number[];
  readonly isolatedData: boolean;
}

export function check(_subject: Subject, input: Tiers, params: Params): Result {
  const parts: Judged[] = [
    layout(input, params),
    ...input.stores.map((store) => storeFindings(store, params)),
    openings(input, params),
    flowFindings(input, params),
    unreadFindings(input),
  ];
  const findings = parts.flatMap((part) => part.findings);
  if (findings.length === 0) {
    const unclear = parts.flatMap((part) => part.unclear)[0] ?? undescribed(input);
    if (unclear !== undefined) return inconclusive(unclear.because, unclear.origin);
  }
  const { subnets, stores } = input;
  const zones = new Set(subnets.flatMap(({ zone }) => zone ?? [])).size;
  const ports = stores.flatMap((store) => store.ports.map((port) => `${store.id}:${port}`));
  const reached = ports.length === 0 ? 'no store lies in it' : `no path leads from the internet to ${ports.join(', ')}`;
  return failOr(findings, `${params.tiers.join(', ')} subnets in each of ${zones} zones; ${reached}`, {
    subnets: subnets.length,
    zones,
    stores: stores.length,
    flows: input.flows.length,
  });
}

/** Nothing that was read says what the network is like. */
function undescribed({ subnets, stores }: Tiers): { because: string; origin?: Origin } | undefined {
  if (subnets.length > 0) return undefined;
  return { because: stores.length === 0 ? 'no Terraform here describes the network' : 'no subnet is described here' };
}
