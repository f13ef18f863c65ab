/** The reasons for `unknown`: what the standard leaves open, or what the sources do not say. */
import type { Selector } from '../../model/selector.ts';
import { NEVER_A_PEER, contains, type Addresses } from './addresses.ts';
import type { PodClass } from './classes.ts';
import { outsideOf, type Calico, type Policy, type Rule, type Tiered } from './compile.ts';
import { isAboutOwn, readingsOf, type Endpoint, type Reading } from './endpoints.ts';
import { subtract } from './intervals.ts';
import { isEverything, matches, selectorText } from './match.ts';
import { isOrderKnown, NETWORK_POLICY_ORDER } from './order.ts';
import type { Reachability } from './reach.ts';

/** Why the policies at one end do not settle a connection; `rules` are those that may be about it. */
export function whyPerhaps(
  reach: Reachability,
  subject: PodClass,
  peer: Endpoint,
  policies: readonly Policy[],
  rules: readonly Rule[],
): string[] {
  const reasons = new Set<string>();
  for (const policy of policies)
    if (policy.refused !== undefined)
      reasons.add(`${policy.id} would be refused (${policy.refused}), so ${whatIsOpen(policy)} is not known`);
  for (const { doubt, id, namespaces } of policies.flatMap(({ input }) => ('pods' in input ? [input] : []))) {
    if (doubt !== undefined) reasons.add(`${id}: ${doubt}`);
    if (namespaces !== undefined && matches(namespaces, subject.namespace) === 1)
      reasons.add(noLabels(subject, id, namespaces));
  }
  for (const policy of policies) if (isOfCalico(policy)) aboutCalico(policy, subject, rules, reasons);
  for (const rule of rules) if (rule.input.doubt !== undefined) reasons.add(`${nameOfRule(rule)}: ${rule.input.doubt}`);
  if (subject.hostNetwork)
    reasons.add(`${nameOf(subject)} runs on the host's network, where policies may or may not be applied`);
  if (peer.kind === 'pods' && peer.pods.hostNetwork)
    reasons.add(`${nameOf(peer.pods)} runs on the host's network, so it may be seen as a pod or as its node`);
  if (peer.kind === 'anyone') reasons.add('who is at the other end is not known, and only some are let through');
  if (policies.some(({ input }) => 'pods' in input && matches(input.pods, subject.labels) === 1))
    reasons.add(`the labels of ${nameOf(subject)} are not known`);
  for (const rule of rules) {
    for (const reading of readingsOf(peer)) aboutRule(rule, reading, reach, reasons);
    if (!subject.hostNetwork && isAboutOwn(rule, subject, reach.world.places) === 1)
      reasons.add(`${nameOfRule(rule)} is about some of its pods, and whether ${nameOf(subject)} is one is not known`);
  }
  if (tied(rules)) reasons.add('policies of equal priority disagree, and any of them may be applied');
  return [...reasons];
}

function whatIsOpen({ kind, ingress, egress }: Policy): string {
  return kind === 'tier' && (ingress ?? egress) !== undefined ? 'whether it is in force' : 'what it does';
}

function isOfCalico(policy: Policy): policy is Calico {
  return policy.kind === 'calico';
}

function aboutCalico({ id, input }: Calico, subject: PodClass, rules: readonly Rule[], reasons: Set<string>): void {
  const { adrift, doubt, subjects, tier, order } = input;
  for (const reason of [adrift, doubt]) if (reason !== undefined) reasons.add(`${id}: ${reason}`);
  if (tier.name === 'default' && order === NETWORK_POLICY_ORDER && rules.some(({ policy }) => policy.id === id))
    reasons.add(`${id} has the order of the NetworkPolicies, ${order}, and may be asked before them or after`);
  for (const { namespaces, pods } of subjects) {
    const [inNamespace, ofPods] = [matches(namespaces, subject.namespace), matches(pods, subject.labels)];
    if (inNamespace === 1 && ofPods > 0) reasons.add(noLabels(subject, id, namespaces));
    if (ofPods === 1 && inNamespace > 0) reasons.add(`the labels of ${nameOf(subject)} are not known`);
  }
}

function aboutRule(rule: Rule, reading: Reading, { world: { places } }: Reachability, reasons: Set<string>): void {
  const { peers } = rule;
  if (peers === undefined) return;
  const name = nameOfRule(rule);
  if (reading.as === 'pod') {
    const { pods } = reading;
    if (!pods.hostNetwork) place(name, peers.addresses, places.pods, 'pod', reasons);
    for (const peer of peers.pods) {
      if (peer.within !== undefined && !pods.hostNetwork) place(name, peer.within, places.pods, 'pod', reasons);
      if (peer.namespaces !== undefined && matches(peer.namespaces, pods.namespace) === 1)
        reasons.add(noLabels(pods, name, peer.namespaces));
      if (matches(peer.pods, pods.labels) === 1)
        reasons.add(`the labels of ${nameOf(pods)} are not known, and ${name} asks for some`);
    }
  }
  if (reading.as === 'node')
    for (const block of [peers.addresses, peers.noPods]) place(name, block, places.nodes, 'node', reasons);
  if (reading.as === 'node' && peers.nodes.length > 0 && !peers.nodes.some(isEverything))
    reasons.add(`${name} selects nodes by labels, which no manifest says`);
  if (reading.as === 'node' && peers.apiServer)
    reasons.add(`${name} is about the API server, which may run on the node`);
  if (reading.as === 'node' && peers.perhapsNodes.length > 0)
    reasons.add(`${name} names a block of addresses, and whether that holds nodes is a setting of the plugin`);
  if (reading.as === 'address' && peers.domains.length > 0)
    reasons.add(`${name} names domains, whose addresses are not known`);
  if (reading.as === 'address' && contains(outsideOf(peers), reading.addresses) === 1)
    reasons.add(`${name} is about a part of these addresses`);
}

function noLabels({ namespace }: PodClass, who: string, selector: Selector): string {
  return `no manifest says which labels Namespace ${namespace.name} has, and ${who} asks for ${selectorText(selector)}`;
}

function nameOfRule({ policy, direction, index, input }: Rule): string {
  return `${policy.id} ${input.place ?? `${direction}[${index}]`}`;
}

function place(
  name: string,
  block: Addresses,
  where: Addresses | undefined,
  what: 'pod' | 'node',
  reasons: Set<string>,
): void {
  if (block.length === 0) return;
  if (where === undefined) {
    if (subtract(block, NEVER_A_PEER).length > 0)
      reasons.add(`${name} names a block of addresses, and where ${what}s have theirs is not declared`);
  } else if (contains(block, where) === 1) {
    reasons.add(`${name} names a block that holds a part of the ${what} addresses`);
  }
}

function tied(rules: readonly Rule[]): boolean {
  return rules.some((a) =>
    rules.some((b) => a.policy !== b.policy && a.action !== b.action && areTied(a.policy, b.policy)),
  );
}

function areTied(a: Policy, b: Policy): boolean {
  if (isOfCalico(a) && isOfCalico(b))
    return a.input.tier.name === b.input.tier.name && a.input.order === b.input.order && !isOrderKnown(a, b);
  return isOfTier(a) && isOfTier(b) && a.input.tier === b.input.tier && a.input.priority === b.input.priority;
}

function isOfTier(policy: Policy): policy is Tiered {
  return policy.kind === 'tier';
}

function nameOf({ members, namespace }: PodClass): string {
  return members[0]?.id ?? `pods of ${namespace.name}`;
}
