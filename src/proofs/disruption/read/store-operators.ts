/** How many pods each operator makes of a store, by which labels it knows them, and which budget it puts over them. */
import type { Cursor } from '../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../model/kube.ts';
import type { Origin } from '../../../model/origin.ts';
import type { PlatformView } from '../../../model/platform.ts';
import type { Budget } from '../types.ts';
import { present } from './present.ts';
import { majorityOf, quorumOfElastic, quorumOfKafka, quorumOfReplicaSet } from './store-quorums.ts';

/** Pods that are drained alike. */
export interface Group {
  /** Which pods of the object, where it makes several groups. */
  readonly part?: string;
  readonly replicas: { readonly count: number; readonly setBy: string };
  readonly labels: Readonly<Record<string, string>>;
  readonly budget?: Budget;
  /** Fewest of them with which the store goes on, where they vote. */
  readonly quorum?: number;
  /** Why it cannot be told whether a pod may go. */
  readonly unclear?: string;
  /** What decides whether a pod may go. */
  readonly at?: Origin;
}

type Reader = (object: KubeObject, spec: Cursor, view: PlatformView) => Group[];

const READERS: Readonly<Record<string, Reader>> = {
  'Cluster.postgresql.cnpg.io': cloudNative,
  'postgresql.acid.zalan.do': zalando,
  'Kafka.kafka.strimzi.io': strimzi,
  'Elasticsearch.elasticsearch.k8s.elastic.co': elastic,
  'MariaDB.k8s.mariadb.com': mariaDb,
  'PerconaXtraDBCluster.pxc.percona.com': xtraDb,
  'PerconaServerMongoDB.psmdb.percona.com': mongoDb,
  'RabbitmqCluster.rabbitmq.com': rabbit,
};

export const STORE_KINDS = Object.keys(READERS);

export function groupsOf(view: PlatformView, kind: string, object: KubeObject): Group[] {
  return READERS[kind]?.(object, cursor(object).get('spec'), view) ?? [];
}

/**
 * A budget over the primary, which moves to another instance once its node is cordoned, and one over the replicas, all but one of which
 * stay (cloudnative-pg `pkg/specs/poddisruptionbudget.go`). A maintenance window takes them away.
 */
function cloudNative({ name }: KubeObject, spec: Cursor): Group[] {
  const replicas = countAt(spec.get('instances'), 1, 'spec.instances');
  const window = spec.get('nodeMaintenanceWindow');
  const isMaintained = window.get('inProgress').boolean() === true && window.get('reusePVC').boolean() !== false;
  const isGuarded = spec.get('enablePDB').boolean() !== false && !isMaintained;
  const budget = madeBy('CloudNativePG', {
    minAvailable: Math.max(1, replicas.count - 1),
    remedy:
      'Run two instances, so that the primary moves away from a node that is drained, or set enablePDB: false if the database may be away meanwhile.',
  });
  return [
    {
      replicas,
      labels: { 'cnpg.io/cluster': name, 'cnpg.io/podRole': 'instance' },
      ...(isGuarded && { budget }),
      ...placeOf(spec.get('instances')),
    },
  ];
}

/** A budget of one over the master, which moves away from a node that is drained (postgres-operator docs, "administrator guide"). */
function zalando({ name }: KubeObject, spec: Cursor): Group[] {
  const replicas = countAt(spec.get('numberOfInstances'), 1, 'spec.numberOfInstances');
  const budget = madeBy('the postgres-operator', {
    minAvailable: Math.max(1, replicas.count - 1),
    remedy: 'Run two instances, so that the master moves away from a node that is drained.',
  });
  const labels = { application: 'spilo', 'cluster-name': name };
  return [{ replicas, labels, budget, ...placeOf(spec.get('numberOfInstances')) }];
}

/**
 * The number is `minAvailable` in the end, as the pods have no scale (Strimzi `PodDisruptionBudgetUtils.java`). With 0 the Drain Cleaner has to
 * be there, which lets the operator move the pods that are to be evicted, one by one.
 */
function strimzi({ name, namespace }: KubeObject, spec: Cursor, view: PlatformView): Group[] {
  const pools = view
    .objects('KafkaNodePool.kafka.strimzi.io', namespace)
    .filter(({ labels }) => labels['strimzi.io/cluster'] === name);
  const counts = pools.map((pool) => cursor(pool).get('spec', 'replicas').integer() ?? 0);
  const brokers = spec.get('kafka');
  const nodes =
    pools.length === 0
      ? countAt(brokers.get('replicas'), 0, 'spec.kafka.replicas')
      : { count: counts.reduce((sum, one) => sum + one, 0), setBy: 'the replicas of its node pools' };
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

/** One pod may go where the cluster is green, the only one as well; `podDisruptionBudget: {}` takes the budget away (ECK docs). */
function elastic({ name }: KubeObject, spec: Cursor): Group[] {
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

/** One of its own where there are several, `minAvailable: 50%` (mariadb-operator docs, "high availability"). */
function mariaDb({ name }: KubeObject, spec: Cursor): Group[] {
  const replicas = countAt(spec.get('replicas'), 1, 'spec.replicas');
  const own = spec.get('podDisruptionBudget');
  const several = replicas.count > 1 ? madeBy('the mariadb-operator', { minAvailable: '50%' }) : undefined;
  const budget = own.exists ? boundsOf(own, 'the mariadb-operator') : several;
  const labels = { 'app.kubernetes.io/name': 'mariadb', 'app.kubernetes.io/instance': name };
  return [{ replicas, labels, ...(budget !== undefined && { budget }), ...placeOf(own) }];
}

function xtraDb({ name }: KubeObject, spec: Cursor): Group[] {
  const labels = {
    'app.kubernetes.io/name': 'percona-xtradb-cluster',
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/component': 'pxc',
  };
  return [perconaGroup(spec.get('pxc'), labels, 'spec.pxc.size')];
}

function mongoDb({ name }: KubeObject, spec: Cursor): Group[] {
  return spec
    .get('replsets')
    .items()
    .map((set) => {
      const replset = set.get('name').string() ?? 'rs0';
      const labels = {
        'app.kubernetes.io/name': 'percona-server-mongodb',
        'app.kubernetes.io/instance': name,
        'app.kubernetes.io/replset': replset,
        'app.kubernetes.io/component': 'mongod',
      };
      const group = perconaGroup(set, labels, 'its size');
      return { part: `replset ${replset}`, ...group, quorum: quorumOfReplicaSet(set, group.replicas.count) };
    });
}

/** One pod may go where nothing else is said (`CheckNSetDefaults` of both operators). */
function perconaGroup(at: Cursor, labels: Readonly<Record<string, string>>, setBy: string): Group {
  const own = at.get('podDisruptionBudget');
  return {
    replicas: countAt(at.get('size'), 3, setBy),
    labels,
    budget: own.exists ? boundsOf(own, 'the Percona operator') : madeBy('the Percona operator', { maxUnavailable: 1 }),
    ...placeOf(own),
  };
}

/** It puts no budget over its pods. Nodes that do not see most of the others pause, and quorum queues elect no leader there. */
function rabbit({ name }: KubeObject, spec: Cursor): Group[] {
  const replicas = countAt(spec.get('replicas'), 1, 'spec.replicas');
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': 'rabbitmq' };
  return [{ replicas, quorum: majorityOf(replicas.count), labels, ...placeOf(spec.get('replicas')) }];
}

function boundsOf(at: Cursor, operator: string): Budget {
  return madeBy(operator, {
    minAvailable: at.get('minAvailable').integerOrString(),
    maxUnavailable: at.get('maxUnavailable').integerOrString(),
    unhealthyPodEvictionPolicy: at.get('unhealthyPodEvictionPolicy').string(),
    remedy: 'Set maxUnavailable: 1 in it.',
  });
}

function madeBy(operator: string, bound: { [K in keyof Omit<Budget, 'id'>]?: Budget[K] | undefined }): Budget {
  return present<Budget>({ ...bound, id: `the PodDisruptionBudget that ${operator} makes` } as Budget);
}

function countAt(at: Cursor, unset: number, setBy: string): Group['replicas'] {
  const count = at.integer();
  return count === undefined ? { count: unset, setBy: `the default of ${unset}` } : { count, setBy };
}

function placeOf(at: Cursor): { at?: Origin } {
  return at.exists ? { at: at.origin } : {};
}
