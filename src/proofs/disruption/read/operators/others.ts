/** Elasticsearch as ECK runs it, RabbitMQ, and Redis under Sentinel. */
import type { Cursor } from '../../../../model/cursor.ts';
import type { KubeObject } from '../../../../model/kube.ts';
import { majorityOf, quorumOfElastic } from '../store-quorums.ts';
import { boundsOf, countAt, madeBy, placeOf, type Group, type Untold } from './group.ts';

/** One pod may go where the cluster is green, the only one as well; `podDisruptionBudget: {}` takes the budget away (ECK docs). */
export function elastic({ name }: KubeObject, spec: Cursor): Group[] {
  const own = spec.get('podDisruptionBudget');
  const nodeSets = spec.get('nodeSets').items();
  const count = nodeSets.reduce((sum, set) => sum + (set.get('count').integer() ?? 1), 0);
  const budget = own.exists ? boundsOf(own.get('spec'), 'ECK') : madeBy('ECK', { maxUnavailable: 1 });
  const isOff = own.exists && own.entries().length === 0;
  return [
    {
      replicas: { count, setBy: 'the counts of its nodeSets' },
      quorum: quorumOfElastic(count, nodeSets),
      labels: { 'elasticsearch.k8s.elastic.co/cluster-name': name },
      ...(!isOff && { budget }),
      ...placeOf(own),
    },
  ];
}

/** It puts no budget over its pods. Nodes that do not see most of the others pause, and quorum queues elect no leader there. */
export function rabbit({ name }: KubeObject, spec: Cursor): Group[] {
  const replicas = countAt(spec.get('replicas'), 1, 'spec.replicas');
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': 'rabbitmq' };
  return [{ replicas, quorum: majorityOf(replicas.count), labels, ...placeOf(spec.get('replicas')) }];
}

/**
 * The number of Redis pods decides what the budgets over them and over the sentinels keep: two, or one where there are no more than two
 * (`ensurePodDisruptionBudget` of redis-operator). Versions differ in what they make of a single one.
 */
export function redisFailover({ name }: KubeObject, spec: Cursor): Group[] | Untold {
  const redis = spec.get('redis', 'replicas');
  const sentinel = spec.get('sentinel', 'replicas');
  const servers = countAt(redis, 3, 'spec.redis.replicas');
  const sentinels = countAt(sentinel, 3, 'spec.sentinel.replicas');
  if (servers.count === 1)
    return {
      because: 'versions of its operator differ in whether a single Redis pod may be evicted',
      at: redis.origin,
    };
  const groupOf = (part: string, replicas: Group['replicas'], at: Cursor, quorum: number): Group => ({
    part,
    replicas,
    quorum,
    labels: {
      'app.kubernetes.io/part-of': 'redis-failover',
      'app.kubernetes.io/name': name,
      'app.kubernetes.io/component': part,
    },
    budget: madeBy('the redis-operator', {
      minAvailable: servers.count > 2 ? 2 : 1,
      remedy: 'Run three replicas of Redis and of the sentinels.',
    }),
    ...placeOf(at),
  });
  return [groupOf('redis', servers, redis, 1), groupOf('sentinel', sentinels, sentinel, majorityOf(sentinels.count))];
}
