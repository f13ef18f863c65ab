import { cursor, podSpec, type KubeObject, type Workload } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { At } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { isLongRunning, workloadsOfStore } from '../../model/subjects.ts';
import { resourceBlocks } from '../topology/index.ts';

/** `namespace/name` of the account; `default` where the pod names none, as the admission controller fills in. */
export function accountOf(workload: Workload): At<string> {
  const spec = podSpec(workload);
  const named = spec.get('serviceAccountName').exists ? spec.get('serviceAccountName') : spec.get('serviceAccount');
  const name = named.string() ?? '';
  return {
    value: `${workload.namespace}/${name === '' ? 'default' : name}`,
    origin: named.exists ? named.origin : spec.origin,
  };
}

/** The manifest of an account; undefined where something else makes it. */
export function accountObject(view: PlatformView, account: string): KubeObject | undefined {
  return accounts(view).get(account);
}

/**
 * Why pods of an account may not be let in: the API server refuses those whose account is not there. Undefined where a manifest or Terraform makes it,
 * and for `default`, which every namespace has.
 */
export function whyNoAccount(view: PlatformView, account: string): string | undefined {
  if (account.endsWith('/default') || accounts(view).has(account) || madeByTerraform(view).has(account))
    return undefined;
  return `ServiceAccount ${account}, which no manifest here makes: somebody makes it by hand, or another repository does`;
}

const madeByTerraform = oncePerPlatform(
  (view: PlatformView) =>
    new Set(
      ['kubernetes_service_account', 'kubernetes_service_account_v1']
        .flatMap((type) => resourceBlocks(view, type))
        .flatMap(({ blocks }) => blocks.filter(({ type }) => type === 'metadata'))
        .map(
          ({ attributes: { namespace, name } }) =>
            `${String(namespace?.literal ?? 'default')}/${String(name?.literal)}`,
        ),
    ),
);

const accounts = oncePerPlatform(
  (view: PlatformView) =>
    new Map(
      view.objects('ServiceAccount').map((object) => [`${object.namespace ?? 'default'}/${object.name}`, object]),
    ),
);

/** Whether the kubelet mounts a token for the API: the pod's word, then the account's, then yes. */
export function tokenMounted(view: PlatformView, workload: Workload): At<'yes' | 'no' | 'unknown'> {
  const pod = podSpec(workload).get('automountServiceAccountToken');
  if (pod.exists) return { value: pod.boolean() === true ? 'yes' : 'no', origin: pod.origin };
  const account = accountObject(view, accountOf(workload).value);
  if (account === undefined) return { value: 'unknown', origin: podSpec(workload).origin };
  const own = cursor(account).get('automountServiceAccountToken');
  return { value: own.boolean() === false ? 'no' : 'yes', origin: own.exists ? own.origin : podSpec(workload).origin };
}

/** Whether a binding of the repository lets the account do anything with the API: by its name, or by the groups it is in. */
export function usesApi(view: PlatformView, account: string): boolean {
  return bound(view).has(account) || bound(view).has(`${account.split('/')[0] ?? ''}/*`) || bound(view).has('*');
}

const bound = oncePerPlatform((view: PlatformView): ReadonlySet<string> => {
  const holders = new Set<string>();
  for (const binding of [...view.objects('ClusterRoleBinding'), ...view.objects('RoleBinding')]) {
    for (const subject of cursor(binding).get('subjects').items()) {
      const name = subject.get('name').string() ?? '';
      if (subject.get('kind').string() === 'ServiceAccount')
        holders.add(`${subject.get('namespace').string() ?? binding.namespace ?? 'default'}/${name}`);
      else if (name === 'system:serviceaccounts' || name === 'system:authenticated') holders.add('*');
      else if (name.startsWith('system:serviceaccounts:'))
        holders.add(`${name.slice('system:serviceaccounts:'.length)}/*`);
    }
  }
  return holders;
});

/**
 * What an identity belongs to: the service or store that a workload runs; for a Job or CronJob that no service claims, its
 * `app.kubernetes.io/name`, so that two schedules of one program are one. What lends a Rollout its template is one with it.
 */
export function ownersOf(view: PlatformView): ReadonlyMap<Workload, string> {
  return owners(view);
}

const owners = oncePerPlatform((view: PlatformView): ReadonlyMap<Workload, string> => {
  const found = new Map<Workload, string>();
  for (const store of view.spec.stores)
    for (const workload of workloadsOfStore(view, store)) found.set(workload, `store ${store.name}`);
  for (const service of view.services())
    for (const workload of service.workloads)
      if (service.declared || (!found.has(workload) && isLongRunning(workload)))
        found.set(workload, `service ${service.name}`);
  for (const workload of view.workloads()) {
    if (found.has(workload)) continue;
    const label = workload.podLabels['app.kubernetes.io/name'] ?? workload.name;
    found.set(workload, `${isLongRunning(workload) ? 'workload' : 'job'} ${workload.namespace}/${label}`);
  }
  for (const borrower of view.workloads()) {
    const lender = borrower.lender && view.workloads().find(({ object }) => object === borrower.lender);
    if (lender !== undefined) found.set(lender, found.get(borrower) ?? '');
  }
  return found;
});
