import type { Origin } from '../../model/origin.ts';
import {
  ANY_POD,
  ANYONE,
  EVERY_ADDRESS,
  everyOrdered,
  explain,
  INTERNET,
  hasMost,
  isAll,
  portsText,
  spans,
  subtract,
  UNMARKED_POD,
  type Endpoint,
  type PodClass,
  type Ports,
  type Reachability,
  type RuleReference,
  type SideExplanation,
} from '../../proofs/reachability/index.ts';

/** Who gets through: anybody, or else every address outside of the cluster, or the pods of every namespace, or of every one that nobody marks. */
export type Whom = 'anybody' | 'addresses' | 'pods' | 'unmarked';

/** Workloads of a namespace that are open in a direction, all for the same reason. */
export interface Opening {
  readonly namespace: string;
  readonly direction: 'ingress' | 'egress';
  readonly state: 'open' | 'unknown';
  readonly workloads: readonly string[];
  /** Empty where the state is unknown. */
  readonly whom: readonly Whom[];
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

/**
 * Open means: somebody of whom nothing is known gets through, on most ports of TCP, or on any where no policy isolates the pods; or every
 * address or every pod does, on most ports of TCP.
 */
export function openingOf(
  reach: Reachability,
  pods: PodClass,
  direction: Opening['direction'],
): Omit<Opening, 'workloads'> | undefined {
  const { isolated } = reach.isolation(pods, direction);
  const allowed = allowedWith(reach, pods, direction, ANYONE);
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
      whom: [],
      by: [],
      because: 'they run on the network of their node, where a policy may or may not be applied',
      ...(origin !== undefined && { origin }),
    };
  const unsettled = isolated === 'no' && allowed.length === 0 ? unsettledBy(reach, pods, direction) : undefined;
  if (isolated === 'unknown' || unsettled !== undefined) {
    const [reason] = explainWith(reach, pods, direction, ANYONE).reasons;
    return {
      ...base,
      state: 'unknown',
      whom: [],
      by: [],
      because: unsettled ?? reason ?? 'the policies do not settle it',
      ...(origin !== undefined && { origin }),
    };
  }
  const isOpen = isolated === 'yes' ? hasMost(allowed, 'TCP') : allowed.length > 0;
  const whom: Whom[] = isOpen ? ['anybody'] : letInWhole(reach, pods, direction);
  const perhaps = whom.length === 0 ? perhapsOpenBy(reach, pods, direction) : undefined;
  if (perhaps !== undefined)
    return { ...base, state: 'unknown', whom: [], by: [], because: perhaps, ...(origin !== undefined && { origin }) };
  if (whom.length === 0) return undefined;
  const rules = isOpen && isolated === 'no' ? [] : whom.flatMap((one) => acceptedBy(reach, pods, direction, one));
  const [rule] = rules;
  const passing = isOpen
    ? allowed
    : whom.flatMap((one) => [allowedWith(reach, pods, direction, ENDS[one][direction])])[0];
  const by = [...new Set(rules.map((one) => `${one.policy} ${one.rule}`))];
  const at = rule?.origin ?? origin;
  return {
    ...base,
    ports: portsText(passing ?? allowed),
    state: 'open',
    whom,
    by,
    because:
      by.length === 0
        ? `no policy selects them for ${direction}`
        : `${by.join(', ')} ${isOpen && isAll(allowed) ? 'lets everything' : 'lets it'} pass`,
    ...(at !== undefined && { origin: at }),
  };
}

/** A way out to all public addresses alone is a decision that `egress-allow-list` judges; a way in from them is none. */
const ENDS: Readonly<Record<Whom, Readonly<Record<Opening['direction'], Endpoint>>>> = {
  anybody: { ingress: ANYONE, egress: ANYONE },
  addresses: { ingress: INTERNET, egress: EVERY_ADDRESS },
  pods: { ingress: ANY_POD, egress: ANY_POD },
  unmarked: { ingress: UNMARKED_POD, egress: UNMARKED_POD },
};

/** Of all addresses and all pods those that get through on most ports of TCP. */
function letInWhole(reach: Reachability, pods: PodClass, direction: Opening['direction']): Whom[] {
  const all = (['addresses', 'pods', 'unmarked'] as const).filter((whom) =>
    hasMost(allowedWith(reach, pods, direction, ENDS[whom][direction]), 'TCP'),
  );
  return all.includes('pods') ? all.filter((whom) => whom !== 'unmarked') : all;
}

/** What the policies of the pods alone surely let pass. */
function allowedWith(reach: Reachability, pods: PodClass, direction: Opening['direction'], other: Endpoint): Ports {
  const { accept, deny } = sideWith(reach, pods, direction, other);
  return subtract(accept, deny);
}

function sideWith(
  reach: Reachability,
  pods: PodClass,
  direction: Opening['direction'],
  other: Endpoint,
  witness?: Parameters<Reachability['side']>[3],
): ReturnType<Reachability['side']> {
  const own = { kind: 'pods', pods } as const;
  return direction === 'ingress'
    ? reach.side(direction, other, own, witness)
    : reach.side(direction, own, other, witness);
}

/** A rule that may let everybody pass, on most ports of TCP, though it may be about fewer connections than it says. */
function perhapsOpenBy(reach: Reachability, pods: PodClass, direction: Opening['direction']): string | undefined {
  for (const { id, input, [direction]: rules } of reach.asked(pods, direction))
    if ('adrift' in input && input.adrift !== undefined && rules?.some(({ action }) => action === 'Accept') === true)
      return `${id} may open it, and ${input.adrift}`;
  for (const whom of ['addresses', 'unmarked'] as const) {
    const found: string[] = [];
    const { accept } = sideWith(reach, pods, direction, ENDS[whom][direction], (rule, match, ports) => {
      const { policy, input, action, index } = rule;
      if (match === 1 && action === 'Accept' && input.doubt !== undefined && hasMost(ports, 'TCP'))
        found.push(`${policy.id} ${input.place ?? `${direction}[${index}]`} may open it, and ${input.doubt}`);
    });
    if (hasMost(accept, 'TCP') && found.length > 0) return found[0];
  }
  return undefined;
}

function acceptedBy(reach: Reachability, pods: PodClass, direction: Opening['direction'], whom: Whom): RuleReference[] {
  const { rules } = explainWith(reach, pods, direction, ENDS[whom][direction]);
  return rules.filter(({ action, sure }) => action === 'Accept' && sure);
}

function explainWith(
  reach: Reachability,
  pods: PodClass,
  direction: Opening['direction'],
  other: Endpoint,
): SideExplanation {
  const own = { kind: 'pods', pods } as const;
  const passing = spans(allowedWith(reach, pods, direction, other)).filter(({ protocol }) => protocol === 'TCP');
  const port = passing.toSorted((a, b) => b.last - b.first - (a.last - a.first))[0]?.first ?? 1;
  return direction === 'ingress'
    ? explain(reach, other, own, 'TCP', port).ingress
    : explain(reach, own, other, 'TCP', port).egress;
}

/** Why it cannot be told whether a policy of the cluster closes the pods, where nothing else does. */
function unsettledBy(reach: Reachability, pods: PodClass, direction: Opening['direction']): string | undefined {
  for (const { policy, match } of everyOrdered(reach.world.lookup.tiers(pods))) {
    const denying = policy[direction]?.filter(({ action }) => action === 'Deny') ?? [];
    const doubtful = denying.find(({ input }) => input.doubt !== undefined);
    if (policy.refused !== undefined && (policy.kind === 'tier' || policy[direction] !== undefined))
      return `${policy.id}, which alone may close it, would be refused: ${policy.refused}`;
    if (doubtful !== undefined) return `${policy.id} alone may close it, and ${doubtful.input.doubt}`;
    if (match === 1 && denying.length > 0)
      return `${policy.id} alone may close it, and no manifest says which labels namespace ${pods.namespace.name} has`;
  }
  return undefined;
}
