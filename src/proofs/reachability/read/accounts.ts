/**
 * ServiceAccounts, by which policies of Cilium and of Calico tell pods apart: their names, and for Calico their labels. Among the labels of
 * pods only where a policy asks for them.
 */
import { podSpec, type KubeObject, type Workload } from '../../../model/kube.ts';
import type { Selector } from '../../../model/selector.ts';
import type { CalicoPolicy, NamespacedPolicy, PodsInput } from '../types.ts';
import { readOrRefuse } from './refused.ts';

/** The label by which Cilium knows the ServiceAccount of a pod; Calico's name for it is read as this one. */
export const ACCOUNT = 'io.cilium.k8s.policy.serviceaccount';
/** What Calico puts before the labels of a ServiceAccount. */
export const ACCOUNT_LABELS = 'pcsa.';

/** The keys for ServiceAccounts that policies ask for. */
export function accountKeys(plugin: readonly NamespacedPolicy[], calico: readonly CalicoPolicy[]): string[] {
  const keys = new Set<string>();
  const note = (selector: Selector | undefined): void => {
    const asked =
      selector === undefined
        ? []
        : [...Object.keys(selector.matchLabels), ...selector.matchExpressions.map(({ key }) => key)];
    for (const key of asked) if (key === ACCOUNT || key.startsWith(ACCOUNT_LABELS)) keys.add(key);
  };
  for (const { pods } of [...plugin, ...calico.flatMap(({ subjects }) => subjects)]) note(pods);
  for (const { ingress, egress } of [...plugin, ...calico])
    for (const { peers, own } of [...(ingress ?? []), ...(egress ?? [])])
      for (const peer of [...(peers ?? []), ...(own ?? [])]) if (peer.kind === 'pods') note(peer.pods);
  return [...keys];
}

/** The pods with the asked labels of their ServiceAccount; one that no manifest shows may have any. */
export function withAccount(
  workload: Workload,
  pods: PodsInput,
  keys: readonly string[],
  accounts: readonly KubeObject[],
): PodsInput {
  const read = readOrRefuse(
    () =>
      podSpec(workload).get('serviceAccountName').string() ?? podSpec(workload).get('serviceAccount').string() ?? '',
  );
  if ('refused' in read) return { ...pods, moreLabels: pods.moreLabels ?? keys };
  const name = read.value === '' ? 'default' : read.value;
  const account = accounts.find((one) => one.name === name && (one.namespace ?? 'default') === workload.namespace);
  const ofAccount = keys.filter((key) => key !== ACCOUNT);
  const labels = ofAccount.flatMap((key) => {
    const value = account?.labels[key.slice(ACCOUNT_LABELS.length)];
    return value === undefined ? [] : [[key, value] as const];
  });
  return {
    ...pods,
    labels: { ...pods.labels, [ACCOUNT]: name, ...Object.fromEntries(labels) },
    ...(account === undefined && ofAccount.length > 0 && { moreLabels: pods.moreLabels ?? ofAccount }),
  };
}

/** The labels that an object of Kubernetes may ask for. */
export function withoutAccount(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(labels).filter(([key]) => key !== ACCOUNT && !key.startsWith(ACCOUNT_LABELS)),
  );
}
