import type { Cursor } from '../../../model/cursor.ts';
import { podSpec, type Workload } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import type { Domains } from '../types.ts';
import { isZoneKey, nodePools, tolerationsAt, toleratesAll, type NodePool } from '../../nodes/index.ts';

/** Zones and nodes that the pods of a workload may use. */
export interface Eligible {
  readonly zones: Domains;
  readonly nodes: Domains;
  readonly homeless?: string;
}

const DECLARE_ZONES = 'declare environments[].zones, or set minDomains in the constraint';
const DECLARE_NODES = 'declare environments[].nodePools with min and max';

/** By node selector, required node affinity and tolerations against the pools; by the zones of the environment without any. */
export function eligibleNodes(view: PlatformView, workload: Workload, allowed?: readonly string[]): Eligible {
  const spec = podSpec(workload);
  const wanted = zoneTerms(spec);
  const fits = (zone: string): boolean =>
    (wanted === undefined || wanted.includes(zone)) && (allowed === undefined || allowed.includes(zone));
  const pools = nodePools(view).filter((pool) => takes(pool, spec));
  const declared = view.environment.zones;
  const homeless = pools.length === 0 ? homelessIn(view) : undefined;
  return {
    ...(homeless !== undefined && { homeless }),
    zones: zonesOf(view, pools, declared, fits),
    nodes: nodesOf(pools, nodePools(view).length > 0, wanted !== undefined || allowed !== undefined),
  };
}

/** Only a spec that declares pools tells that these are all; what the repository makes need not be. */
function homelessIn(view: PlatformView): string | undefined {
  if ((view.environment.nodePools ?? []).length === 0) return undefined;
  const names = nodePools(view).map(({ name }) => name);
  return `node selector, affinity and tolerations fit none of the pools of environment ${view.environment.name} (${names.join(', ')})`;
}

function zonesOf(
  view: PlatformView,
  pools: readonly NodePool[],
  declared: readonly string[] | undefined,
  fits: (zone: string) => boolean,
): Domains {
  const open = pools.find(({ zones }) => zones === undefined);
  const known = pools.length > 0 && open === undefined;
  if (known) return fromPools(pools, fits);
  if (declared !== undefined) {
    const names = declared.filter(fits);
    return { min: names.length, max: names.length, names, source: `the zones of environment ${view.environment.name}` };
  }
  const where = open === undefined ? 'no pool of nodes is described' : `those of ${open.source} are computed`;
  return { min: 1, source: `${where}; ${DECLARE_ZONES}` };
}

/** A pool that is made on demand, or has fewer nodes than zones, leaves zones without a node, and such a zone is no domain. */
function fromPools(pools: readonly NodePool[], fits: (zone: string) => boolean): Domains {
  const names = [...new Set(pools.flatMap(({ zones = [] }) => zones))].filter(fits).sort();
  const sure = new Set(
    pools.flatMap(({ zones = [], min, onDemand, open }) =>
      onDemand || open || (min ?? zones.length) < zones.length ? [] : zones,
    ),
  );
  const certain = names.filter((zone) => sure.has(zone)).length;
  const source = pools.map((pool) => pool.source).join(', ');
  if (certain === names.length) return { min: certain, max: certain, names, source };
  const why = `${source} may leave zones without a node, and the scheduler counts those with nodes alone: set minDomains, or keep a node in each zone`;
  return { min: Math.max(1, certain), max: names.length, names, source: why };
}

function nodesOf(pools: readonly NodePool[], any: boolean, narrowed: boolean): Domains {
  const source = pools.map((pool) => pool.source).join(', ');
  const bounded =
    pools.length > 0 && !narrowed && pools.every(({ min, max }) => min !== undefined && max !== undefined);
  if (!bounded)
    return {
      min: 1,
      source: `${any && source !== '' ? `it is not known of ${source}` : 'no pool of nodes is described'}; ${DECLARE_NODES}`,
    };
  const sum = (bound: 'min' | 'max'): number => pools.reduce((total, pool) => total + (pool[bound] ?? 0), 0);
  return { min: Math.max(1, sum('min')), max: sum('max'), source };
}

/** Whether pods can stand in the pool, as far as its labels and taints tell; a label nobody describes is taken as fitting. */
function takes(pool: NodePool, spec: Cursor): boolean {
  const selected = Object.entries(spec.get('nodeSelector').stringMap()).every(
    ([key, value]) => isZoneKey(key) || fitsLabel(pool, key, [value]),
  );
  const terms = affinityTerms(spec);
  const affine = terms.length === 0 || terms.some((term) => term.every((one) => fitsExpression(pool, one)));
  return selected && affine && toleratesAll(tolerationsAt(spec.get('tolerations')), pool.taints);
}

function fitsExpression(pool: NodePool, expression: Cursor): boolean {
  const key = expression.get('key').string() ?? '';
  const values = expression.get('values').strings();
  const held = pool.labels[key];
  if (isZoneKey(key) || (held === undefined && pool.open !== undefined)) return true;
  switch (expression.get('operator').string()) {
    case 'In':
      return fitsLabel(pool, key, values);
    case 'NotIn':
      return held === undefined || !values.includes(held);
    case 'DoesNotExist':
      return held === undefined;
    default:
      return true;
  }
}

/** Labels that nodes get by themselves are not described; any other that the pool lacks is taken as missing. */
function fitsLabel({ labels, open }: NodePool, key: string, values: readonly string[]): boolean {
  const held = labels[key];
  if (held === undefined)
    return (
      open !== undefined ||
      /(?:^|\.)(?:kubernetes\.io|k8s\.io|k8s\.aws|amazonaws\.com|google\.com|azure\.com|karpenter\.sh)\//.test(key)
    );
  return values.includes(held);
}

function affinityTerms(spec: Cursor): Cursor[][] {
  return spec
    .get('affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms')
    .items()
    .map((term) => term.get('matchExpressions').items());
}

/** Zones that selector and required affinity leave; `undefined`: all. Terms of an affinity are alternatives. */
function zoneTerms(spec: Cursor): string[] | undefined {
  const selector = Object.entries(spec.get('nodeSelector').stringMap()).find(([key]) => isZoneKey(key))?.[1];
  if (selector !== undefined) return [selector];
  const terms = affinityTerms(spec).map((term) =>
    term.find((one) => isZoneKey(one.get('key').string() ?? '') && one.get('operator').string() === 'In'),
  );
  if (terms.length === 0 || terms.some((term) => term === undefined)) return undefined;
  return terms.flatMap((term) => term?.get('values').strings() ?? []);
}
