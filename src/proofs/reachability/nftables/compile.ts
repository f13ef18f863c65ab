/**
 * Policies as an nftables ruleset for the namespace that forwards between pods, so that a kernel can be asked what the engine answers.
 * Nothing of the engine's evaluation is used: selectors are resolved to addresses, and the order of tiers becomes jumps between chains.
 */
import { selects } from '../../../model/selector.ts';
import type { Direction, NamespacedPolicy, PodsInput, ReachInput, TierPolicy, TierRule } from '../types.ts';
import { linesOf, type Field } from './lines.ts';
import { Places, type PlacedPod } from './places.ts';

export interface Chain {
  readonly name: string;
  readonly rules: readonly string[];
}

export interface Ruleset {
  /** What every forwarded packet goes through, and one chain or more for each pod and direction with policies. */
  readonly chains: readonly Chain[];
  /** Parts of the input that have no counterpart here; with any, the ruleset is not equal to the policies. */
  readonly unsupported: readonly string[];
}

/** One ruleset for all pods. Answers to what was let through pass, as the standard says of replies. */
export function compileNftables(input: ReachInput, pods: readonly PlacedPod[]): Ruleset {
  const places = new Places(input, pods);
  const chains: Chain[] = [];
  const jumps: Record<Direction, [PlacedPod, string][]> = { egress: [], ingress: [] };
  for (const [index, placed] of pods.entries()) {
    const pod = input.pods.find(({ id }) => id === placed.id);
    if (pod === undefined) continue;
    for (const direction of ['egress', 'ingress'] as const) {
      const name = `${direction}_${index}`;
      const made = chainsFor(name, pod, direction, input, places);
      if (made.every(({ rules }) => rules.every((rule) => rule.startsWith('goto ')))) continue;
      chains.push(...made);
      jumps[direction].push([placed, name]);
    }
  }
  return { chains: [forward(jumps), ...chains], unsupported: unsupportedIn(input, places) };
}

/** Out of the sender and into the receiver: each is asked, whatever the other says. */
function forward(jumps: Readonly<Record<Direction, readonly [PlacedPod, string][]>>): Chain {
  const maps = (['egress', 'ingress'] as const).flatMap((direction) =>
    (['ip', 'ip6'] as const).flatMap((family) => {
      const entries = jumps[direction].flatMap(([{ addresses }, chain]) =>
        addresses
          .filter((address) => address.includes(':') === (family === 'ip6'))
          .map((address) => `${address} : jump ${chain}`),
      );
      const field = direction === 'egress' ? 'saddr' : 'daddr';
      return entries.length === 0 ? [] : [`${family} ${field} vmap { ${entries.join(', ')} }`];
    }),
  );
  return {
    name: 'forward',
    rules: [
      'type filter hook forward priority filter; policy drop;',
      'ct state established,related accept',
      ...maps,
      'accept',
    ],
  };
}

/** Admin tier, then NetworkPolicies where one isolates, else the baseline tier. `return` lets the packet on. */
function chainsFor(name: string, pod: PodsInput, direction: Direction, input: ReachInput, places: Places): Chain[] {
  const field: Field = direction === 'egress' ? 'daddr' : 'saddr';
  const tier = (which: TierPolicy['tier'], next: string): string[] =>
    tiersOf(input, which)
      .filter(({ subject }) => places.selectsPod(subject.namespaces, subject.pods, pod))
      .flatMap((policy) => policy[direction] ?? [])
      .flatMap((rule) => linesOf(rule, pod, field, places, verdictOf(rule, next)));
  const isolating = input.policies.filter(
    (policy) =>
      policy.namespace === pod.namespace && policy[direction] !== undefined && selects(policy.pods, pod.labels),
  );
  const allowed = isolating
    .flatMap((policy: NamespacedPolicy) => policy[direction] ?? [])
    .flatMap((rule) => linesOf(rule, pod, field, places, 'return'));
  const rest = isolating.length > 0 ? [...allowed, 'drop'] : tier('Baseline', 'return');
  const admin = tier('Admin', `goto ${name}_own`);
  if (admin.length === 0) return rest.length === 0 ? [] : [{ name, rules: rest }];
  return [
    // A chain is declared before it is gone to.
    { name: `${name}_own`, rules: rest },
    { name, rules: [...admin, `goto ${name}_own`] },
  ];
}

function tiersOf({ tiers }: ReachInput, tier: TierPolicy['tier']): TierPolicy[] {
  return tiers.filter((policy) => policy.tier === tier).sort((a, b) => a.priority - b.priority);
}

function verdictOf({ action }: TierRule, next: string): string {
  if (action === 'Accept') return 'return';
  return action === 'Deny' ? 'drop' : next;
}

function unsupportedIn({ pods, policies, plugin = [], calico = [], tiers }: ReachInput, places: Places): string[] {
  return [
    ...[...plugin, ...calico].map(({ id }) => `${id} is of a network plugin`),
    ...pods.filter(({ hostNetwork }) => hostNetwork).map(({ id }) => `${id} is on the network of its host`),
    ...pods
      .filter(({ moreLabels }) => moreLabels !== undefined && moreLabels !== false)
      .map(({ id }) => `${id} may have more labels than are known`),
    ...[...policies, ...tiers]
      .filter(({ refused }) => refused !== undefined)
      .map(({ id }) => `${id} is refused by the API server`),
    ...places.unsupported,
  ];
}

/** The text that `nft --file` loads. */
export function rulesetText({ chains }: Ruleset, table = 'launchgate'): string {
  const [first, ...others] = chains;
  const ordered = first === undefined ? others : [...others, first];
  const bodies = ordered.map(
    ({ name, rules }) => `  chain ${name} {\n${rules.map((rule) => `    ${rule}\n`).join('')}  }\n`,
  );
  return `table inet ${table} {\n${bodies.join('')}}\n`;
}
