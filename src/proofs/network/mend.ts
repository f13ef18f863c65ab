/** Changes to the policies after which exactly the wanted flows pass, as far as policies can say it. */
import type { Cursor } from '../../model/cursor.ts';
import type { Patch } from '../../model/control.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import { below, type Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { judgeFlows, type Flow, type Reachability } from '../reachability/index.ts';
import { denyAll, dnsPolicies, draftPolicies, isDns, withPolicies } from './drafts.ts';

export interface Repair {
  /** Namespaces that get a policy which lets nothing pass. */
  readonly isolate: readonly string[];
  /** Rules to take out, as `NetworkPolicy shop/allow-all ingress[0]`. */
  readonly remove: readonly string[];
  /** What must pass afterwards. */
  readonly wanted: (reach: Reachability) => readonly Flow[];
  /** Whether the result is what was asked for. */
  readonly holds: (reach: Reachability) => boolean;
}

/**
 * The patches, or none where the result would not hold: rules are taken out and namespaces closed first, and what is then missing of the
 * wanted flows is written anew, workload by workload.
 */
export function mendPolicies(view: PlatformView, reach: Reachability, repair: Repair): Patch[] {
  const objects = view.objects('NetworkPolicy.networking.k8s.io');
  const narrowed = objects.map((object) => narrow(object, repair.remove));
  const isolating = repair.isolate.map(denyAll);
  const closed = withPolicies(reach, [...narrowed.map(({ object }) => object), ...isolating]);
  const missing = judgeFlows(closed, repair.wanted(closed)).filter(({ verdict }) => verdict !== 'allowed');
  const lacking = missing.map(({ flow }) => flow);
  const drafts = [
    ...dnsPolicies(view, lacking),
    ...draftPolicies(
      view,
      closed,
      lacking.filter((flow) => !isDns(flow)),
    ),
  ];
  const result = withPolicies(closed, [...narrowed.map(({ object }) => object), ...isolating, ...drafts]);
  if (!repair.holds(result)) return [];
  return [
    ...narrowed.flatMap(({ patches }) => patches),
    ...[...isolating, ...drafts].flatMap((object) => added(view, object)),
  ];
}

function added(view: PlatformView, object: KubeObject): Patch[] {
  const beside = besideIn(view, object.namespace ?? 'default');
  if (beside === undefined) return [];
  const reason =
    object.name === 'default-deny'
      ? `nothing closes namespace ${object.namespace}`
      : `what ${object.namespace}/${object.name} is declared to need, and no more`;
  return [{ op: 'add-object', beside, object: object.body, reason }];
}

/** Where policies of a namespace are kept, or else its workloads. */
function besideIn(view: PlatformView, namespace: string): Origin | undefined {
  return (
    view.objects('NetworkPolicy.networking.k8s.io', namespace)[0] ??
    view.workloads().find((workload) => workload.namespace === namespace)?.object
  )?.origin;
}

interface Narrowed {
  readonly object: KubeObject;
  readonly patches: readonly Patch[];
}

/** The policy without some of its rules. The directions that it isolates stay the same, said aloud. */
function narrow(object: KubeObject, remove: readonly string[]): Narrowed {
  const id = `NetworkPolicy ${object.namespace ?? 'default'}/${object.name}`;
  const spec = cursor(object).get('spec');
  const body: Record<string, unknown> = { ...(spec.value as Record<string, unknown>) };
  const patches: Patch[] = [];
  for (const direction of ['ingress', 'egress'] as const) {
    const rules = spec.get(direction).items();
    const kept = rules.filter((_, index) => !remove.includes(`${id} ${direction}[${index}]`));
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
