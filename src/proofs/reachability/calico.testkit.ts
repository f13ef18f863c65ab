/** Policies of Calico for pods `a` and `b` of a namespace, and `a` of another. */
import type { KubeObject } from '../../model/kube.ts';
import { answer, kubeObject, memoryReach } from './reach.testkit.ts';

export const A = 'default/a[Deployment]';
export const B = 'default/b[Deployment]';
export const FAR = 'far/a[Deployment]';
export const PODS = [
  'a[Deployment]',
  'b[Deployment]',
  'far/a[Deployment]',
  'namespace default team=x',
  'namespace far team=y',
  'pods 10.1.0.0/16',
  'nodes 10.2.0.0/16',
];

export type Spec = Record<string, unknown>;

export function calico(kind: string, name: string, spec: Spec, labels: Record<string, string> = {}): KubeObject {
  return { ...kubeObject(kind, name, spec), apiVersion: 'projectcalico.org/v3', labels };
}

/** A policy for `b`. */
export const ofB = (spec: Spec, name = 'b') => calico('NetworkPolicy', name, { selector: "app == 'b'", ...spec });
export const intoB = (...ingress: Spec[]) => ofB({ ingress });
export const outOfB = (...egress: Spec[]) => ofB({ egress });
export const wide = (spec: Spec, name = 'wide') => calico('GlobalNetworkPolicy', name, spec);
export const tier = (name: string, spec: Spec) => calico('Tier', name, spec);
export const from = (source: Spec, more: Spec = {}) => ({ action: 'Allow', source, ...more });
export const tcp = (...ports: (number | string)[]) => ({ protocol: 'TCP', destination: { ports } });
export const ALL_BUT_80 = 'SCTP 1-65535,TCP 1-79,81-65535,UDP 1-65535';

/** What may pass from `a`, or another, to `b`. */
export function into(policies: KubeObject | readonly KubeObject[], sender = A): string {
  return answer(memoryReach(...PODS, ...[policies].flat()), sender, B);
}
