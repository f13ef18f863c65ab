/** Pools of nodes: as the spec declares them, or as Terraform, Karpenter and Cluster API make them. */
import type { Cursor } from '../../../model/cursor.ts';
import { cursor } from '../../../model/kube.ts';
import { oncePerPlatform } from '../../../model/once.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { present } from '../../disruption/read/present.ts';
import { terraformPools } from './terraform.ts';

export interface Taint {
  readonly key: string;
  readonly value?: string;
}

export interface Pool {
  readonly name: string;
  /** Absent: computed, so that any pod may fit. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Absent: not known. */
  readonly zones?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** Nodes are made for pods that wait: a zone without pods may have none. */
  readonly onDemand: boolean;
  /** `environments[].nodePools`, `aws_eks_node_group.this`. */
  readonly source: string;
}

/** What is known of the nodes: what the spec declares, and what else the repository makes and can be read. */
export const poolsOf = oncePerPlatform((view: PlatformView): readonly Pool[] => {
  const declared = declaredPools(view);
  const made = [...karpenterPools(view), ...machinePools(view), ...terraformPools(view)];
  if (declared.length === 0) return made;
  // A declaration stands in for what is computed, and for a pool of its own name.
  const names = new Set(declared.map(({ name }) => name));
  const isNew = ({ name, labels }: Pool): boolean => labels !== undefined && !names.has(name.split('.').at(-1) ?? name);
  return [...declared, ...made.filter(isNew)];
});

function declaredPools({ environment }: PlatformView): Pool[] {
  return (environment.nodePools ?? []).map((pool) =>
    present<Pool>({
      name: pool.name,
      labels: pool.labels,
      taints: pool.taints.map(taintOf),
      zones: pool.zones ?? environment.zones,
      min: pool.min,
      max: pool.max,
      onDemand: false,
      source: `pool ${pool.name} of environment ${environment.name}`,
    }),
  );
}

/** `key`, `key=value`, with or without `:NoSchedule` at the end. */
export function taintOf(text: string): Taint {
  const [pair = '', effect] = text.split(':');
  const [key = '', value] = pair.split('=');
  return effect === 'PreferNoSchedule' || value === undefined ? { key } : { key, value };
}

/** https://karpenter.sh/docs/concepts/nodepools/: nodes are made when pods wait for them. */
function karpenterPools(view: PlatformView): Pool[] {
  return view.objects('NodePool.karpenter.sh').map((object) => {
    const template = cursor(object).get('spec', 'template');
    const zones = template
      .get('spec', 'requirements')
      .items()
      .filter((one) => isZoneKey(one.get('key').string() ?? '') && one.get('operator').string() === 'In')
      .flatMap((one) => one.get('values').strings());
    return present<Pool>({
      name: object.name,
      labels: template.get('metadata', 'labels').stringMap(),
      taints: taintsAt(template.get('spec', 'taints')),
      zones: zones.length > 0 ? zones : undefined,
      min: undefined,
      max: undefined,
      onDemand: true,
      source: `NodePool ${object.name}`,
    });
  });
}

/** https://cluster-api.sigs.k8s.io: a MachineDeployment stands in one failure domain. */
function machinePools(view: PlatformView): Pool[] {
  return view.objects('MachineDeployment.cluster.x-k8s.io').map((object) => {
    const root = cursor(object);
    const annotations = root.get('metadata', 'annotations').stringMap();
    const bound = (name: string): number | undefined => {
      const text = annotations[`cluster.x-k8s.io/cluster-api-autoscaler-node-group-${name}-size`];
      return text === undefined ? root.get('spec', 'replicas').integer() : Number(text);
    };
    const zone = root.get('spec', 'template', 'spec', 'failureDomain').string();
    return present<Pool>({
      name: object.name,
      labels: root.get('spec', 'template', 'metadata', 'labels').stringMap(),
      taints: [],
      zones: zone === undefined ? undefined : [zone],
      min: bound('min'),
      max: bound('max'),
      onDemand: false,
      source: `MachineDeployment ${object.name}`,
    });
  });
}

function taintsAt(at: Cursor): Taint[] {
  return at
    .items()
    .filter((one) => one.get('effect').string() !== 'PreferNoSchedule')
    .map((one) => present<Taint>({ key: one.get('key').string() ?? '', value: one.get('value').string() }));
}

export function isZoneKey(key: string): boolean {
  return key === 'topology.kubernetes.io/zone' || key === 'failure-domain.beta.kubernetes.io/zone';
}
