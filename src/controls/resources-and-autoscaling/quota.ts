import { formatQuantity } from '../../model/quantity.ts';
import { amount } from '../../proofs/resources/effective.ts';
import { isPods, podAmount } from '../../proofs/resources/pod-amount.ts';
import type { Amounts } from '../../proofs/resources/types.ts';
import { flaw, type Flaw } from './flaw.ts';
import type { DanglingScaler, Demand, EnvironmentCapacity, Quota } from './types.ts';

/** One object, in the unit of amounts. */
const ONE = amount({ one: '1' }, 'one');

/** What does not fit its quota, and autoscalers that scale nothing. */
export function environmentFlaws({ quotas, dangling }: EnvironmentCapacity): Flaw[] {
  return [
    ...quotas.filter(({ scoped }) => !scoped).flatMap((quota) => [...overQuota(quota), ...tooManyObjects(quota)]),
    ...dangling.map(danglingFlaw),
  ];
}

/** What keeps a quota from being judged; undefined when every number is known. */
export function openQuota({ quotas }: EnvironmentCapacity): string | undefined {
  const scoped = quotas.find((quota) => quota.scoped);
  if (scoped !== undefined) return `${scoped.id} counts only some pods (scopes), which is not worked out`;
  for (const { id, demands, hard } of quotas) {
    const open = counted(hard).length === 0 ? undefined : demands.find(({ most }) => most === undefined);
    if (open !== undefined) return `${id} cannot be summed up: how many pods ${open.workload.id} has is not known`;
  }
  return undefined;
}

/** One sum for each resource a quota counts: too small for the pods at rest, or for all of them at their most. */
function overQuota({ id, hard, demands, origin }: Quota): Flaw[] {
  return counted(hard).flatMap((resource) => {
    const allowed = amount(hard, resource);
    const least = total(demands, resource, ({ least: pods }) => pods);
    const most = total(demands, resource, ({ least: pods, most: top }) => top ?? pods);
    const has = `${id} allows ${hard[resource]} of ${resource}`;
    if (least > allowed)
      return [
        flaw(
          'high',
          `${has}, and the pods at their fewest need ${formatQuantity(least, resource)}: some never start`,
          'Raise the quota, or lower requests or minimum replicas.',
          origin,
        ),
      ];
    if (most <= allowed) return [];
    const message = `${has}, and the pods at their most, with a surge in every rollout, need ${formatQuantity(most, resource)}`;
    return [
      flaw(
        'medium',
        message,
        'Raise the quota to what the autoscalers and rollouts may ask for, or lower their maximum.',
        origin,
      ),
    ];
  });
}

/** What the repository makes, and the cluster by itself: a quota below it refuses some of it. */
function tooManyObjects({ id, hard, objects, origin }: Quota): Flaw[] {
  return Object.entries(objects)
    .filter(([resource, count]) => BigInt(count) * ONE > amount(hard, resource))
    .map(([resource, count]) =>
      flaw(
        'high',
        `${id} allows ${hard[resource]} of ${resource}, and its namespace needs at least ${count}: some are refused`,
        'Raise the quota, or make fewer of them.',
        origin,
      ),
    );
}

function counted(hard: Amounts): string[] {
  return Object.keys(hard)
    .filter((name) => isPods(name) || (/^(?:requests|limits)\./.test(name) && !/^requests\.storage$/.test(name)))
    .sort();
}

function total(demands: readonly Demand[], resource: string, pods: (demand: Demand) => number): bigint {
  return demands.reduce((sum, demand) => sum + BigInt(pods(demand)) * podAmount(demand.workload, resource), 0n);
}

function danglingFlaw({ id, target, because, asked, has, borrower, origin }: DanglingScaler): Flaw {
  if (because === 'lends')
    return flaw(
      'high',
      `${id} targets ${target}, which lends its template to ${borrower} and keeps no pods: it scales nothing`,
      'Target the Rollout, with apiVersion argoproj.io/v1alpha1.',
      origin,
    );
  if (because === 'other-group')
    return flaw(
      'high',
      `${id} targets ${target} ${asked === undefined ? 'without an apiVersion' : `of ${asked}`}, and that is of ${has}: its scale is not found`,
      `Set the apiVersion of its scaleTargetRef to ${has}.`,
      origin,
    );
  if (because === 'no-scale')
    return flaw(
      'high',
      `${id} targets ${target}, a kind that cannot be scaled`,
      'Target a Deployment, StatefulSet or another kind with a scale, or remove the autoscaler.',
      origin,
    );
  return flaw(
    'high',
    `${id} targets ${target}, which is not there`,
    'Correct the name of the target, or remove the autoscaler.',
    origin,
    { fromAbsence: true },
  );
}
