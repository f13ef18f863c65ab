/**
 * CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy of cilium.io/v2 in the form of all policies (Cilium `pkg/policy/api`,
 * `pkg/k8s/apis/cilium.io/utils`, "Network Policy" of its documentation). One object may hold several policies, in `specs`.
 */
import type { Cursor } from '../../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../../model/kube.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import type { Direction, NamespacedPolicy } from '../../types.ts';
import { readOrRefuse, Refused } from '../refused.ts';
import { hasRules, rulesOf } from './rules.ts';
import { everyPodOf, subjectOf } from './subjects.ts';
import type { Surroundings } from './surroundings.ts';

const KINDS = ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'] as const;

/** The policies of Cilium in a platform. `doubt`: why nothing here may act on them. */
export function ciliumPolicies(view: PlatformView, doubt?: string): NamespacedPolicy[] {
  const objects = KINDS.flatMap((kind) => view.objects(`${kind}.cilium.io`)).filter(
    ({ apiVersion }) => apiVersion === 'cilium.io/v2',
  );
  if (objects.length === 0) return [];
  const around: Surroundings = {
    services: view.objects('Service').filter(({ apiVersion }) => apiVersion === 'v1'),
    groups: view.objects('CiliumCIDRGroup.cilium.io'),
  };
  const policies = objects.flatMap((object) => readCilium(object, around));
  return doubt === undefined ? policies : policies.map((policy) => ({ ...policy, doubt }));
}

/** The policies of one object. Where one of them would be refused all of them are: the agent takes the object whole, or not at all. */
export function readCilium(object: KubeObject, around: Surroundings): NamespacedPolicy[] {
  const namespace = object.kind === 'CiliumNetworkPolicy' ? (object.namespace ?? 'default') : '';
  const id = `${object.kind} ${namespace === '' ? '' : `${namespace}/`}${object.name}`;
  const specs = readOrRefuse(() => specsOf(cursor(object)));
  const parts = 'value' in specs ? specs.value : [{ at: cursor(object).get('spec'), suffix: '' }];
  const policies = parts.flatMap(({ at, suffix }) =>
    read(at, { id: `${id}${suffix}`, namespace, origin: object.origin }, around),
  );
  const refused = 'refused' in specs ? specs.refused : policies.find((policy) => policy.refused !== undefined)?.refused;
  return refused === undefined ? policies : policies.map((policy) => ({ ...policy, refused }));
}

function specsOf(object: Cursor): { at: Cursor; suffix: string }[] {
  const list = object.get('specs').items();
  const parts = [
    ...(object.get('spec').exists ? [{ at: object.get('spec'), suffix: '' }] : []),
    ...list.map((at, index) => ({ at, suffix: ` specs[${index}]` })),
  ];
  if (parts.length === 0) throw new Refused('it has neither spec nor specs');
  return parts;
}

type Head = Pick<NamespacedPolicy, 'id' | 'namespace' | 'origin'>;

function read(spec: Cursor, head: Head, around: Surroundings): NamespacedPolicy[] {
  const about = readOrRefuse(() => subjectOf(spec, head.namespace));
  if ('value' in about && about.value === undefined) return [];
  const subject = 'value' in about && about.value !== undefined ? about.value : everyPodOf(head.namespace);
  const rules = readOrRefuse(() => ({
    ingress: rulesOf(spec, 'ingress', head.namespace, around),
    egress: rulesOf(spec, 'egress', head.namespace, around),
    lenient: (['ingress', 'egress'] as const).filter((direction) => isLenient(spec, direction)),
  }));
  const base = { ...head, ...subject, plugin: 'cilium' } as const;
  const refused = [about, rules].flatMap((part) => ('refused' in part ? [part.refused] : []))[0];
  if (refused === undefined && 'value' in rules) return [{ ...base, ...rules.value }];
  return [{ ...base, ingress: whole(spec, 'ingress'), egress: whole(spec, 'egress'), refused: refused ?? '' }];
}

function isLenient(spec: Cursor, direction: Direction): boolean {
  return spec.get('enableDefaultDeny', direction).boolean() === false;
}

/** Of a policy that cannot be read: in a direction of which it says nothing it does nothing. */
function whole(spec: Cursor, direction: Direction): [] | undefined {
  const said = readOrRefuse(() => hasRules(spec, direction));
  return 'value' in said && !said.value ? undefined : [];
}
