import type { Origin } from '../../model/origin.ts';
import {
  ANYONE,
  explain,
  isAll,
  portsText,
  type Connection,
  type PodClass,
  type Reachability,
  type SideExplanation,
} from '../../proofs/reachability/index.ts';

/** Workloads of a namespace that are open in a direction, all for the same reason. */
export interface Opening {
  readonly namespace: string;
  readonly direction: 'ingress' | 'egress';
  readonly state: 'open' | 'unknown';
  readonly workloads: readonly string[];
  /** Rules that let everything pass; empty where no policy selects the pods. */
  readonly by: readonly string[];
  readonly because: string;
  readonly ports: string;
  /** They run on the network of their node. */
  readonly onHost: boolean;
  readonly origin?: Origin;
}

/** The workloads that take from, or send to, anybody at all. */
export function openings(reach: Reachability): Opening[] {
  const found = new Map<string, Opening & { workloads: string[] }>();
  for (const pods of reach.classes.all) {
    for (const direction of ['ingress', 'egress'] as const) {
      const opening = openingOf(reach, pods, direction);
      if (opening === undefined) continue;
      const { namespace, state, because } = opening;
      const key = JSON.stringify([namespace, direction, state, because]);
      const known = found.get(key);
      const ids = pods.members.map(({ id }) => id);
      if (known === undefined) found.set(key, { ...opening, workloads: ids });
      else known.workloads.push(...ids);
    }
  }
  return [...found.values()];
}

/** Open means: somebody of whom nothing is known gets through, on every port, or on any where no policy isolates the pods. */
export function openingOf(
  reach: Reachability,
  pods: PodClass,
  direction: Opening['direction'],
): Omit<Opening, 'workloads'> | undefined {
  const { isolated } = reach.isolation(pods, direction);
  const { allowed } = withAnyone(reach, pods, direction);
  const base = {
    namespace: pods.namespace.name,
    direction,
    ports: portsText(allowed),
    onHost: pods.hostNetwork,
  };
  const origin = pods.members[0]?.origin;
  if (pods.hostNetwork)
    return {
      ...base,
      state: 'unknown',
      by: [],
      because: 'they run on the network of their node, where a policy may or may not be applied',
      ...(origin !== undefined && { origin }),
    };
  const unsettled = isolated === 'no' && allowed.length === 0 ? unsettledBy(reach, pods, direction) : undefined;
  if (isolated === 'unknown' || unsettled !== undefined) {
    const [reason] = explainAnyone(reach, pods, direction).reasons;
    return {
      ...base,
      state: 'unknown',
      by: [],
      because: unsettled ?? reason ?? 'the policies do not settle it',
      ...(origin !== undefined && { origin }),
    };
  }
  const isOpen = isolated === 'yes' ? isAll(allowed) : allowed.length > 0;
  if (!isOpen) return undefined;
  const rules =
    isolated === 'yes'
      ? explainAnyone(reach, pods, direction).rules.filter(({ action, sure }) => action === 'Accept' && sure)
      : [];
  const [rule] = rules;
  const by = rules.map((one) => `${one.policy} ${one.rule}`);
  const at = rule?.origin ?? origin;
  return {
    ...base,
    state: 'open',
    by,
    because: by.length === 0 ? 'no policy selects them' : `${by.join(', ')} lets everything pass`,
    ...(at !== undefined && { origin: at }),
  };
}

function withAnyone(reach: Reachability, pods: PodClass, direction: Opening['direction']): Connection {
  const own = { kind: 'pods', pods } as const;
  return direction === 'ingress' ? reach.connection(ANYONE, own) : reach.connection(own, ANYONE);
}

function explainAnyone(reach: Reachability, pods: PodClass, direction: Opening['direction']): SideExplanation {
  const own = { kind: 'pods', pods } as const;
  return direction === 'ingress'
    ? explain(reach, ANYONE, own, 'TCP', 1).ingress
    : explain(reach, own, ANYONE, 'TCP', 1).egress;
}

/** Why it cannot be told whether a policy of the cluster closes the pods, where nothing else does. */
function unsettledBy(reach: Reachability, pods: PodClass, direction: Opening['direction']): string | undefined {
  const { Admin, Baseline } = reach.world.lookup.tiers(pods);
  for (const { policy, match } of [...Admin, ...Baseline].flat()) {
    if (policy.refused !== undefined)
      return `${policy.id}, which alone may close it, would be refused: ${policy.refused}`;
    if (match === 1 && policy[direction]?.some(({ action }) => action === 'Deny') === true)
      return `${policy.id} alone may close it, and no manifest says which labels namespace ${pods.namespace.name} has`;
  }
  return undefined;
}
