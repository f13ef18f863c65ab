import { podSpec, type Workload } from '../../../../model/kube.ts';
import type { Selector } from '../../../../model/selector.ts';
import type { NamespacedPolicy, PodsInput } from '../../types.ts';
import { readOrRefuse } from '../refused.ts';
import { ACCOUNT } from './selectors.ts';

/** Whether a policy tells pods apart by their ServiceAccounts; only then are they among the labels. */
export function asksForAccounts(policies: readonly NamespacedPolicy[]): boolean {
  const asks = (selector: Selector | undefined): boolean =>
    selector !== undefined &&
    (Object.hasOwn(selector.matchLabels, ACCOUNT) || selector.matchExpressions.some(({ key }) => key === ACCOUNT));
  return policies.some(
    ({ pods, ingress, egress }) =>
      asks(pods) ||
      [...(ingress ?? []), ...(egress ?? [])].some(({ peers }) =>
        peers?.some((peer) => peer.kind === 'pods' && asks(peer.pods)),
      ),
  );
}

/** The pods with the label that Cilium gives them for their ServiceAccount. */
export function withAccount(workload: Workload, pods: PodsInput): PodsInput {
  const read = readOrRefuse(
    () =>
      podSpec(workload).get('serviceAccountName').string() ?? podSpec(workload).get('serviceAccount').string() ?? '',
  );
  if ('refused' in read) return { ...pods, moreLabels: pods.moreLabels ?? [ACCOUNT] };
  return { ...pods, labels: { ...pods.labels, [ACCOUNT]: read.value === '' ? 'default' : read.value } };
}

/** The labels that an object of Kubernetes may ask for. */
export function withoutAccount(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { [ACCOUNT]: _account, ...own } = labels;
  return own;
}
