/** Kafka as Strimzi runs it. */
import type { Cursor } from '../../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../../model/kube.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import { majorityOf, quorumOfKafka } from '../store-quorums.ts';
import { countAt, madeBy, placeOf, type Group, type Untold } from './group.ts';

/**
 * The number is `minAvailable` in the end, as the pods have no scale (Strimzi `PodDisruptionBudgetUtils.java`). With 0 the Drain Cleaner has to
 * be there, which lets the operator move the pods that are to be evicted, one by one.
 */
export function strimzi({ name, namespace }: KubeObject, spec: Cursor, view: PlatformView): Group[] | Untold {
  const pools = view
    .objects('KafkaNodePool.kafka.strimzi.io', namespace)
    .filter(({ labels }) => labels['strimzi.io/cluster'] === name);
  const counts = pools.map((pool) => cursor(pool).get('spec', 'replicas').integer());
  const uncounted = pools.find((_, index) => counts[index] === undefined);
  const brokers = spec.get('kafka');
  if (uncounted !== undefined)
    return { because: `its KafkaNodePool ${uncounted.name} states no replicas`, at: uncounted.origin };
  if (pools.length === 0 && !brokers.get('replicas').exists)
    return { because: 'it states no replicas, and no KafkaNodePool of it is in the repository', at: brokers.origin };
  const nodes =
    pools.length === 0
      ? countAt(brokers.get('replicas'), 0, 'spec.kafka.replicas')
      : { count: counts.reduce<number>((sum, one) => sum + (one ?? 0), 0), setBy: 'the replicas of its node pools' };
  const keepers = countAt(spec.get('zookeeper', 'replicas'), 0, 'spec.zookeeper.replicas');
  return [
    { part: 'kafka', at: brokers, replicas: nodes, quorum: quorumOfKafka(nodes.count, pools, brokers.get('config')) },
    { part: 'zookeeper', at: spec.get('zookeeper'), replicas: keepers, quorum: majorityOf(keepers.count) },
  ]
    .filter(({ replicas }) => replicas.count > 0)
    .map(({ part, at, replicas, quorum }) => {
      const bound = at.get('template', 'podDisruptionBudget', 'maxUnavailable');
      const isCleared = bound.integer() === 0;
      const most = isCleared ? 1 : (bound.integer() ?? 1);
      return {
        part,
        replicas,
        quorum,
        labels: { 'strimzi.io/cluster': name, 'strimzi.io/name': `${name}-${part}` },
        budget: madeBy('Strimzi', { minAvailable: Math.max(0, replicas.count - most) }),
        ...(isCleared && !cleansDrains(view) && { unclear: `maxUnavailable: 0 of ${part} ${HANGS}` }),
        ...placeOf(bound),
      };
    });
}

const HANGS =
  'lets no pod be evicted, so a drain hangs unless the Strimzi Drain Cleaner runs, which the repository does not show: add it, or set maxUnavailable: 1';

function cleansDrains(view: PlatformView): boolean {
  return [...view.objects('Deployment'), ...view.objects('ValidatingWebhookConfiguration')].some(({ name }) =>
    /(?:^|-)drain-cleaner$/.test(name),
  );
}
