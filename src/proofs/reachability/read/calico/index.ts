/**
 * NetworkPolicy and GlobalNetworkPolicy of Calico (`projectcalico.org/v3`, and as they are stored in `crd.projectcalico.org/v1`), with the
 * Tiers, NetworkSets and host endpoints that they refer to (Calico `api/pkg/apis/projectcalico/v3`, `libcalico-go/lib/validator/v3`).
 * Staged policies only tell what they would do, and are not read.
 */
import type { Cursor } from '../../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../../model/kube.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import { EVERYTHING } from '../../match.ts';
import type { CalicoPolicy, NamespaceInput } from '../../types.ts';
import { readOrRefuse, Refused } from '../refused.ts';
import { and } from './expressions.ts';
import { hasHostEndpoints, onForward, readHostEndpoint } from './hosts.ts';
import { textAt } from './peers.ts';
import { rulesOf } from './rules.ts';
import {
  accountExpression,
  alternativesOf,
  endpointExpression,
  inNamespace,
  mayHoldNodes,
  namespaceExpression,
  podSelectors,
} from './selectors.ts';
import { readSet } from './sets.ts';
import type { Surroundings } from './surroundings.ts';
import { placeOf, readTier } from './tiers.ts';

const VERSIONS = ['projectcalico.org/v3', 'crd.projectcalico.org/v1'];
const GROUPS = VERSIONS.map((version) => version.replace(/\/.*/, ''));

/** The policies of Calico in a platform. `doubt`: why nothing here may act on them. */
export function calicoPolicies(
  view: PlatformView,
  namespaces: readonly NamespaceInput[],
  doubt?: string,
): CalicoPolicy[] {
  const objects = (...kinds: string[]): KubeObject[] =>
    kinds
      .flatMap((kind) => GROUPS.flatMap((group) => view.objects(`${kind}.${group}`)))
      .filter(({ apiVersion }) => VERSIONS.includes(apiVersion));
  const policies = objects('NetworkPolicy', 'GlobalNetworkPolicy');
  const endpoints = objects('HostEndpoint').map(readHostEndpoint);
  if (policies.length === 0) return endpoints;
  const around: Surroundings = {
    services: view.objects('Service').filter(({ apiVersion }) => apiVersion === 'v1'),
    namespaces,
    sets: objects('NetworkSet', 'GlobalNetworkSet').flatMap(readSet),
    tiers: objects('Tier').flatMap(readTier),
    hostEndpoints: hasHostEndpoints(view, GROUPS),
  };
  const read = [...endpoints, ...policies.flatMap((object) => readCalico(object, around))];
  return doubt === undefined ? read : read.map((policy) => ({ ...policy, doubt }));
}

/** The policy of an object, and what it may do on the way through nodes. */
export function readCalico(object: KubeObject, around: Surroundings): CalicoPolicy[] {
  const namespace = object.kind === 'NetworkPolicy' ? (object.namespace ?? 'default') : '';
  const spec = cursor(object).get('spec');
  const head = {
    id: namespace === '' ? `GlobalNetworkPolicy ${object.name}` : `Calico NetworkPolicy ${namespace}/${object.name}`,
    namespace,
    origin: object.origin,
  };
  const place = readOrRefuse(() => ({
    ...placeOf(textAt(spec, 'tier'), around.tiers),
    order: spec.get('order').number() ?? Infinity,
  }));
  const subject = readOrRefuse(() => subjectOf(spec, namespace));
  const types = readOrRefuse(() => typesOf(spec));
  const rules = readOrRefuse(() => ({
    ingress: rulesOf(spec, { direction: 'ingress', namespace, around }),
    egress: rulesOf(spec, { direction: 'egress', namespace, around }),
  }));
  const refused = [place, subject, types, rules].flatMap((part) => ('refused' in part ? [part.refused] : []))[0];
  const about = 'value' in types ? types.value : ['Ingress', 'Egress'];
  const read = 'value' in rules ? rules.value : { ingress: [], egress: [] };
  const policy: CalicoPolicy = {
    ...head,
    ...('value' in place ? place.value : { ...placeOf(undefined, []), order: -Infinity }),
    ...('value' in subject ? subject.value : wholeOf(namespace)),
    ingress: about.includes('Ingress') ? read.ingress : undefined,
    egress: about.includes('Egress') ? read.egress : undefined,
    ...(refused !== undefined && { refused }),
  };
  const isForwarded = refused === undefined && around.hostEndpoints && spec.get('applyOnForward').boolean() === true;
  return isForwarded ? [onForward(policy), policy] : [policy];
}

/** By what rules there are, where it does not say; Ingress, where there are none. */
function typesOf(spec: Cursor): readonly string[] {
  const types = spec.get('types').strings();
  for (const type of types) if (type !== 'Ingress' && type !== 'Egress') throw new Refused(`types names ${type}`);
  if (types.length > 0) return types;
  const [ingress, egress] = [spec.get('ingress').items().length > 0, spec.get('egress').items().length > 0];
  return [...(ingress || !egress ? ['Ingress'] : []), ...(egress ? ['Egress'] : [])];
}

function subjectOf(spec: Cursor, namespace: string): Pick<CalicoPolicy, 'subjects' | 'hosts'> {
  const [untracked, early] = ['doNotTrack', 'preDNAT'].map((field) => spec.get(field).boolean() === true);
  const namespaces = textAt(spec, 'namespaceSelector');
  const accounts = textAt(spec, 'serviceAccountSelector');
  if (untracked === true && early === true) throw new Refused('it has both doNotTrack and preDNAT');
  if ((untracked === true || early === true) && spec.get('applyOnForward').boolean() !== true)
    throw new Refused('doNotTrack and preDNAT need applyOnForward');
  const selected = and(
    namespace === '' ? undefined : inNamespace(namespace),
    endpointExpression(textAt(spec, 'selector') ?? ''),
    namespaces === undefined ? undefined : namespaceExpression(namespaces),
    accounts === undefined ? undefined : accountExpression(accounts),
  );
  const alternatives = alternativesOf(selected);
  // What acts before connections are tracked, or addresses translated, acts on host endpoints alone.
  const onHosts = untracked === true || early === true;
  return {
    subjects: onHosts ? [] : podSelectors(alternatives),
    hosts: namespace === '' && mayHoldNodes(alternatives),
  };
}

function wholeOf(namespace: string): Pick<CalicoPolicy, 'subjects' | 'hosts'> {
  const namespaces =
    namespace === '' ? EVERYTHING : { ...EVERYTHING, matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  return { subjects: [{ namespaces, pods: EVERYTHING }], hosts: namespace === '' };
}
