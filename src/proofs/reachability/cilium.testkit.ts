/** Policies of Cilium for pods `a` and `b` of a namespace, and `a` of another. */
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
];

export type Spec = Record<string, unknown>;
export const ofB = { endpointSelector: { matchLabels: { app: 'b' } } };
export const cnp = (spec: Spec) => kubeObject('CiliumNetworkPolicy', 'b', { ...ofB, ...spec });
export const intoB = (...ingress: Spec[]) => cnp({ ingress });
export const outOfB = (...egress: Spec[]) => cnp({ egress });
export const wide = (spec: Spec) => kubeObject('CiliumClusterwideNetworkPolicy', 'wide', spec);
export const kubernetes = (spec: Spec) =>
  kubeObject('NetworkPolicy', 'b', { podSelector: { matchLabels: { app: 'b' } }, ...spec });
export const ports = (...list: Spec[]) => [{ ports: list }];
export const tcp = (port: string, more: Spec = {}) => ({ port, protocol: 'TCP', ...more });
export const app = (name: string, more: Record<string, string> = {}) => ({ matchLabels: { app: name, ...more } });
export const ALL_BUT_80 = 'SCTP 1-65535,TCP 1-79,81-65535,UDP 1-65535';
export const WEB = { toPorts: ports(tcp('80')) };

export function into(policy: ReturnType<typeof cnp>, from = A): string {
  return answer(memoryReach(...PODS, policy), from, B);
}
