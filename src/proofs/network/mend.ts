/** Changes to the policies after which exactly the wanted flows pass, as far as policies can say it. */
import type { Cursor } from '../../model/cursor.ts';
import type { Patch } from '../../model/control.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import { below, type Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { judgeFlows, policyObjects, type Flow, type Reachability } from '../reachability/index.ts';
import { denyAll, dnsPolicies, draftPolicies, isDnsOfAll, withPolicies, type Closing } from './drafts.ts';

export interface Repair {
  /** Namespaces that get a policy which lets nothing pass. */
  readonly isolate: readonly Closing[];
  /** Rules that let too much pass, as `NetworkPolicy shop/allow-all ingress[0]`; asked again until none is left. */
  readonly tooWide: (reach: Reachability) => readonly string[];
  /** What must pass afterwards. */
  readonly wanted: (reach: Reachability) => readonly Flow[];
  /** Whether the result is what was asked for. */
  readonly holds: (reach: Reachability) => boolean;
}

const deferred = new WeakMap<object, () => Patch[]>();

/** Keeps with the answer of a query how to mend what it found; worked out only for those who ask, which a check does not. */
export function withPatches<T extends object>(answer: T, make: () => Patch[]): T {
  deferred.set(answer, make);
  return answer;
}

/** The namespaces, each once and closed both ways. */
export function bothWays(namespaces: readonly string[]): Closing[] {
  return [...new Set(namespaces)].map((namespace) => ({ namespace, directions: ['ingress', 'egress'] }));
}

export function patchesOf(answer: object): Patch[] {
  return deferred.get(answer)?.() ?? [];
}

/**
 * The patches, or none where the result would not hold: rules are taken out and namespaces closed first, and what is then missing of the
 * wanted flows is written anew, workload by workload.
 */
export function mendPolicies(view: PlatformView, reach: Reachability, repair: Repair): Patch[] {
  const objects = policyObjects(view);
  const isolating = repair.isolate.map((closing) => denyAll(view, closing));
  const removed = rulesToRemove(reach, objects, isolating, repair);
  const narrowed = objects.map((object) => narrow(object, removed));
  const closed = withPolicies(reach, [...narrowed.map(({ object }) => object), ...isolating]);
  const missing = judgeFlows(closed, repair.wanted(closed)).filter(({ verdict }) => verdict !== 'allowed');
  const lacking = missing.map(({ flow }) => flow);
  const drafts = [
    ...dnsPolicies(
      view,
      lacking.filter((flow) => isDnsOfAll(closed, flow)),
    ),
    ...draftPolicies(
      view,
      closed,
      lacking.filter((flow) => !isDnsOfAll(closed, flow)),
    ),
  ];
  const result = withPolicies(closed, [...narrowed.map(({ object }) => object), ...isolating, ...drafts]);
  if (!repair.holds(result)) return [];
  return [
    ...narrowed.flatMap(({ patches }) => patches),
    ...[...isolating, ...drafts].flatMap((object) => added(view, reach, object)),
  ];
}

/** Most rounds in which rules come to light that others had covered. */
const MOST_ROUNDS = 20;

/** What is too wide may be so by several rules, of which an example shows one: those behind it come out once it is gone. */
function rulesToRemove(
  reach: Reachability,
  objects: readonly KubeObject[],
  isolating: readonly KubeObject[],
  { tooWide }: Repair,
): ReadonlySet<string> {
  const removed = new Set<string>();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const closed = withPolicies(reach, [...objects.map((object) => inert(object, removed)), ...isolating]);
    const more = tooWide(closed).filter((rule) => !removed.has(rule));
    if (more.length === 0) break;
    for (const rule of more) removed.add(rule);
  }
  return removed;
}

/** The policy with rules about nobody in place of those that are taken out, so that the others keep their numbers. */
function inert(object: KubeObject, removed: ReadonlySet<string>): KubeObject {
  const spec = { ...(cursor(object).get('spec').value as Record<string, unknown>) };
  for (const [direction, side] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    const rules = cursor(object).get('spec', direction).items();
    if (rules.length === 0) continue;
    const nobody = { [side]: [{ ipBlock: { cidr: '255.255.255.255/32' } }] };
    spec[direction] = rules.map(({ value }, index) => (removed.has(ruleId(object, direction, index)) ? nobody : value));
  }
  return { ...object, body: { ...object.body, spec } };
}

function ruleId({ namespace, name }: KubeObject, direction: string, index: number): string {
  return `NetworkPolicy ${namespace ?? 'default'}/${name} ${direction}[${index}]`;
}

function added(view: PlatformView, reach: Reachability, object: KubeObject): Patch[] {
  const beside = besideIn(view, reach, object.namespace ?? 'default');
  if (beside === undefined) return [];
  const reason = object.name.startsWith('default-deny')
    ? `nothing closes namespace ${object.namespace}`
    : `what ${object.namespace}/${object.name} is declared to need, and no more`;
  return [{ op: 'add-object', beside, object: object.body, reason }];
}

/** Where policies of a namespace are kept, or else its workloads. */
function besideIn(view: PlatformView, reach: Reachability, namespace: string): Origin | undefined {
  const policy = view.objects('NetworkPolicy.networking.k8s.io', namespace)[0];
  const members = (reach.classes.byNamespace.get(namespace) ?? []).flatMap((pods) => pods.members);
  return policy?.origin ?? members.find(({ origin }) => origin !== undefined)?.origin;
}

interface Narrowed {
  readonly object: KubeObject;
  readonly patches: readonly Patch[];
}

/** The policy without some of its rules. The directions that it isolates stay the same, said aloud. */
function narrow(object: KubeObject, removed: ReadonlySet<string>): Narrowed {
  const id = `NetworkPolicy ${object.namespace ?? 'default'}/${object.name}`;
  const spec = cursor(object).get('spec');
  const body: Record<string, unknown> = { ...(spec.value as Record<string, unknown>) };
  const patches: Patch[] = [];
  for (const direction of ['ingress', 'egress'] as const) {
    const rules = spec.get(direction).items();
    const kept = rules.filter((_, index) => !removed.has(ruleId(object, direction, index)));
    if (kept.length === rules.length) continue;
    body[direction] = kept.map(({ value }) => value);
    patches.push({
      op: 'set',
      origin: below(spec.origin, direction),
      value: body[direction],
      reason: `${id} lets pass what nobody declared`,
    });
  }
  if (patches.length === 0) return { object, patches };
  if (!spec.get('policyTypes').exists) {
    body['policyTypes'] = typesOf(spec);
    patches.push({
      op: 'set',
      origin: below(spec.origin, 'policyTypes'),
      value: body['policyTypes'],
      reason: `${id} keeps isolating what it isolates`,
    });
  }
  return { object: { ...object, body: { ...object.body, spec: body } }, patches };
}

function typesOf(spec: Cursor): string[] {
  return ['Ingress', ...(spec.get('egress').items().length > 0 ? ['Egress'] : [])];
}
