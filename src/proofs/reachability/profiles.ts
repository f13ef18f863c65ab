import type { NonEmpty } from '../../model/result.ts';
import type { PodClass } from './classes.ts';
import { isAboutOwn } from './endpoints.ts';
import { DIRECTIONS } from './lookup.ts';
import { everyOrdered, type Ordered } from './order.ts';
import type { Reachability } from './reach.ts';
import type { Direction } from './types.ts';

/** Pods that the same policies select in a direction, so that these treat them alike. */
export interface Profile {
  readonly direction: Direction;
  readonly members: NonEmpty<PodClass>;
}

/** Sorts the classes by the policies that select them, and by the ports that names stand for where it is their own that are asked. */
export function profilesOf(reach: Reachability, direction: Direction): Profile[] {
  const names = usedNames(reach);
  const byKey = new Map<string, [PodClass, ...PodClass[]]>();
  for (const pods of reach.classes.all) {
    const key = profileKey(reach, pods, direction, names);
    const members = byKey.get(key);
    if (members === undefined) byKey.set(key, [pods]);
    else members.push(pods);
  }
  return [...byKey.values()].map((members) => ({ direction, members }));
}

function profileKey(reach: Reachability, pods: PodClass, direction: Direction, names: ReadonlySet<string>): string {
  const { own, shared } = reach.world.lookup.namespaced(pods, direction);
  const tiers = everyOrdered(reach.world.lookup.tiers(pods)).map(({ policy, match }) => {
    const { kind, order } = policy;
    return `${kind}${order}:${match}${ownKey(policy, pods, direction, reach)}`;
  });
  const lists = shared.map(({ id }) => id);
  const policies = own.map(({ policy, match }) => `${policy.order}:${match}`);
  const ports = direction === 'ingress' ? namedPorts(pods, names) : '';
  // A rule may speak of "this namespace", so the namespace matters wherever any policy applies.
  const place = own.length + shared.length === 0 ? '' : pods.namespace.name;
  return [pods.hostNetwork, place, lists.join(), policies.join(), tiers.join(), ports].join('|');
}

/** Which of a policy's rules are about these of its pods, where rules name some. */
function ownKey(policy: Ordered['policy'], pods: PodClass, direction: Direction, { world }: Reachability): string {
  const rules = policy.kind === 'calico' ? (policy[direction] ?? []) : [];
  return rules.map((rule) => (rule.own === undefined ? '' : isAboutOwn(rule, pods, world.places))).join('');
}

/** Names of ports that rules use. */
export function usedNames({ policies, tiers, calico }: Reachability): Set<string> {
  const names = new Set<string>();
  for (const policy of [...policies, ...tiers, ...calico])
    for (const direction of DIRECTIONS)
      for (const rule of policy[direction] ?? []) for (const { name } of rule.names) names.add(name);
  return names;
}

/** What those names stand for in these pods. */
export function namedPorts({ ports }: PodClass, names: ReadonlySet<string>): string {
  if (names.size === 0) return '';
  if (ports === undefined) return '?';
  const named = ports.filter(({ name }) => name !== undefined && names.has(name));
  return named.map(({ name, protocol, port }) => `${name}=${protocol}/${port}`).join();
}
