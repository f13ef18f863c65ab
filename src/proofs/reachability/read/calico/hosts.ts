/**
 * Host endpoints: nodes that policies of the whole cluster govern. Which node is which no manifest says, so what those policies stop, on
 * nodes and on the way through them to pods, is perhaps stopped.
 */
import { cursor, type KubeObject } from '../../../../model/kube.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import { EVERYTHING } from '../../match.ts';
import type { CalicoPolicy, TierRule } from '../../types.ts';
import { readOrRefuse } from '../refused.ts';

/** Whether nodes are known as host endpoints, as far as manifests show: they are made by hand, or by a setting. */
export function hasHostEndpoints(view: PlatformView, groups: readonly string[]): boolean {
  const objects = (kind: string): KubeObject[] => groups.flatMap((group) => view.objects(`${kind}.${group}`));
  return objects('HostEndpoint').length > 0 || objects('KubeControllersConfiguration').some(makesHostEndpoints);
}

function makesHostEndpoints(object: KubeObject): boolean {
  const read = readOrRefuse(() =>
    cursor(object).get('spec', 'controllers', 'node', 'hostEndpoint', 'autoCreate').string(),
  );
  return !('value' in read) || (read.value !== undefined && read.value !== 'Disabled');
}

/** A host endpoint is closed to what no policy lets pass. */
export function readHostEndpoint(object: KubeObject): CalicoPolicy {
  const denied = perhapsDenied('which node it is no manifest says');
  return {
    ...AROUND_NODES,
    id: `HostEndpoint ${object.name}`,
    subjects: [],
    hosts: true,
    ingress: denied,
    egress: denied,
    origin: object.origin,
  };
}

/** What a policy with `applyOnForward` may do to pods: their connections pass the host endpoints of their nodes. */
export function onForward(policy: CalicoPolicy): CalicoPolicy {
  const denied = perhapsDenied(
    'it acts on what is forwarded through host endpoints, and which nodes are some is not known',
  );
  return {
    ...AROUND_NODES,
    id: policy.id,
    subjects: [{ namespaces: EVERYTHING, pods: EVERYTHING }],
    hosts: false,
    ingress: policy.ingress && denied,
    egress: policy.egress && denied,
    ...(policy.origin !== undefined && { origin: policy.origin }),
  };
}

const AROUND_NODES = {
  namespace: '',
  tier: { name: '', order: -Infinity, denies: false },
  order: Infinity,
} as const;

function perhapsDenied(doubt: string): TierRule[] {
  return [{ action: 'Deny', peers: undefined, ports: undefined, doubt }];
}
