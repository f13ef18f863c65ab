import type { KubeObject } from '../../model/kube.ts';
import { blockOf, joined } from './addresses.ts';
import type { Endpoint } from './endpoints.ts';
import { podsOf } from './ends.ts';
import { portsText } from './ports.ts';
import { Reachability } from './reach.ts';
import { readHostEndpoint } from './read/calico/hosts.ts';
import { readCalico } from './read/calico/index.ts';
import { readSet } from './read/calico/sets.ts';
import { readTier as readCalicoTier } from './read/calico/tiers.ts';
import { readCilium } from './read/cilium/index.ts';
import { readPolicy } from './read/policies.ts';
import { readTier } from './read/tiers.ts';
import type { CalicoPolicy, ContainerPort, NamespaceInput, PodsInput } from './types.ts';

/** An object as the engine gets it. `name` may hold a namespace: `shop/deny`. */
export function kubeObject(kind: string, name: string, spec: Record<string, unknown>): KubeObject {
  const [namespace = '', own = ''] = name.includes('/') ? name.split('/') : ['default', name];
  const body = { kind, metadata: { name: own, namespace }, spec };
  return {
    apiVersion: 'v1',
    kind,
    namespace,
    name: own,
    labels: {},
    body,
    deployable: 'test',
    origin: { path: 'test.yaml' },
  };
}

export interface TestPods {
  readonly labels?: Record<string, string>;
  readonly ports?: readonly ContainerPort[];
  readonly hostNetwork?: boolean;
}

/** Pods `shop/api[Deployment]` with the label `app: api` unless others are given. */
export function testPods(id: string, { labels, ports = [], hostNetwork = false }: TestPods = {}): PodsInput {
  const full = id.includes('/') ? id : `default/${id}`;
  const [namespace = '', rest = ''] = full.split('/');
  return { id: full, namespace, labels: labels ?? { app: rest.replace(/\[.*/, '') }, hostNetwork, ports };
}

/**
 * A reachability of pods (`a[Deployment]`, or {@link testPods}), policies, `namespace NAME key=value …` for a namespace whose labels are
 * known, and `pods CIDR` or `nodes CIDR` for where these have their addresses.
 */
export function memoryReach(...parts: readonly (string | PodsInput | KubeObject)[]): Reachability {
  const texts = parts.filter((part) => typeof part === 'string');
  const objects = parts.filter((part): part is KubeObject => typeof part === 'object' && 'body' in part);
  const pods = parts.filter((part): part is PodsInput => typeof part === 'object' && 'id' in part);
  const words = texts.filter((text) => !text.includes('[')).map((text) => text.split(' '));
  const place = (what: string) => {
    const blocks = words.filter(([word]) => word === what).flatMap(([, cidr = '']) => [blockOf(cidr) ?? []]);
    return blocks.length === 0 ? undefined : joined(blocks);
  };
  const namespaces = words
    .filter(([word]) => word === 'namespace')
    .map(([, name = '', ...labels]) => ({
      name,
      labels: Object.fromEntries(labels.map((label) => label.split('=')) as [string, string][]),
      complete: true,
    }));
  return new Reachability({
    namespaces,
    pods: [...texts.filter((text) => text.includes('[')).map((id) => testPods(id)), ...pods],
    policies: objects.filter((one) => one.kind === 'NetworkPolicy' && !isOfCalico(one)).map(readPolicy),
    calico: calicoOf(objects.filter(isOfCalico), objects, namespaces),
    plugin: objects
      .filter(({ kind }) => /^Cilium.*NetworkPolicy$/.test(kind))
      .flatMap((object) =>
        readCilium(object, {
          services: objects.filter(({ kind }) => kind === 'Service'),
          groups: objects.filter(({ kind }) => kind === 'CiliumCIDRGroup'),
        }),
      ),
    tiers: objects.filter(({ kind }) => /^(?:Cluster|Admin|BaselineAdmin)NetworkPolicy$/.test(kind)).map(readTier),
    services: [],
    podAddresses: place('pods'),
    nodeAddresses: place('nodes'),
  });
}

function isOfCalico({ apiVersion }: KubeObject): boolean {
  return apiVersion.startsWith('projectcalico.org/');
}

function calicoOf(
  own: readonly KubeObject[],
  objects: readonly KubeObject[],
  namespaces: readonly NamespaceInput[],
): CalicoPolicy[] {
  const endpoints = own.filter(({ kind }) => kind === 'HostEndpoint');
  const around = {
    services: objects.filter(({ kind }) => kind === 'Service'),
    namespaces,
    sets: own.filter(({ kind }) => kind.endsWith('NetworkSet')).flatMap(readSet),
    tiers: own.filter(({ kind }) => kind === 'Tier').flatMap(readCalicoTier),
    hostEndpoints: endpoints.length > 0,
  };
  const policies = own.filter(({ kind }) => kind.endsWith('NetworkPolicy'));
  return [...endpoints.map(readHostEndpoint), ...policies.flatMap((object) => readCalico(object, around))];
}

/** `TCP 80, unknown UDP 53`: what may pass, in words; ends by id or as they are. */
export function answer(reach: Reachability, from: Endpoint | string, to: Endpoint | string): string {
  const [source, target] = [from, to].map((end) => (typeof end === 'string' ? podsOf(reach, end) : end));
  if (source === undefined || target === undefined) throw new Error('no such end');
  const { allowed, unknown } = reach.connection(source, target);
  if (unknown.length === 0) return portsText(allowed);
  return allowed.length === 0
    ? `unknown ${portsText(unknown)}`
    : `${portsText(allowed)}, unknown ${portsText(unknown)}`;
}

/** Policies of `default` for pods labelled `app: b`. */
export const onB = (spec: Record<string, unknown>) =>
  kubeObject('NetworkPolicy', 'b', { podSelector: { matchLabels: { app: 'b' } }, ...spec });
export const intoB = (...rules: unknown[]) => onB({ ingress: rules });
