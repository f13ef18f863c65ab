import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { dies, survives, untold, type FailoverFact } from './facts.ts';

interface Operator {
  readonly kind: string;
  /** Fields that hold the number of instances; the first that is there counts. */
  readonly instances: readonly (readonly string[])[];
  /** Instances where no field says so. */
  readonly unset: number;
  /** Fewest with which it survives the loss of one. */
  readonly least: number;
  readonly how: string;
}

/** Operators that promote by themselves, and where they keep their number of instances (their CRD references). */
const OPERATORS: readonly Operator[] = [
  {
    kind: 'Cluster.postgresql.cnpg.io',
    instances: [['spec', 'instances']],
    unset: 1,
    least: 2,
    how: 'CloudNativePG promotes a replica',
  },
  {
    kind: 'postgresql.acid.zalan.do',
    instances: [['spec', 'numberOfInstances']],
    unset: 1,
    least: 2,
    how: 'Patroni promotes a replica',
  },
  {
    kind: 'SGCluster.stackgres.io',
    instances: [['spec', 'instances']],
    unset: 1,
    least: 2,
    how: 'Patroni promotes a replica',
  },
  {
    kind: 'RedisFailover.databases.spotahome.com',
    instances: [['spec', 'redis', 'replicas']],
    unset: 3,
    least: 2,
    how: 'Sentinel promotes a replica',
  },
  {
    kind: 'RedisCluster.redis.redis.opstreelabs.in',
    instances: [['spec', 'clusterSize']],
    unset: 3,
    least: 3,
    how: 'the cluster promotes a replica',
  },
  { kind: 'Redis.redis.redis.opstreelabs.in', instances: [], unset: 1, least: 2, how: 'a single Redis' },
  {
    kind: 'InnoDBCluster.mysql.oracle.com',
    instances: [['spec', 'instances']],
    unset: 1,
    least: 3,
    how: 'group replication elects a primary',
  },
  {
    kind: 'PerconaXtraDBCluster.pxc.percona.com',
    instances: [['spec', 'pxc', 'size']],
    unset: 3,
    least: 3,
    how: 'every node of Galera writes',
  },
  {
    kind: 'MariaDB.k8s.mariadb.com',
    instances: [['spec', 'replicas']],
    unset: 1,
    least: 3,
    how: 'the operator promotes a replica',
  },
  {
    kind: 'Kafka.kafka.strimzi.io',
    instances: [['spec', 'kafka', 'replicas']],
    unset: 0,
    least: 3,
    how: 'partitions elect a leader',
  },
  {
    kind: 'RabbitmqCluster.rabbitmq.com',
    instances: [['spec', 'replicas']],
    unset: 1,
    least: 3,
    how: 'quorum queues elect a leader',
  },
];

/** Custom resources that are the store, by its name. */
export function operatorFacts(view: PlatformView, name: string): FailoverFact[] {
  return OPERATORS.flatMap((operator) =>
    view
      .objects(operator.kind)
      .filter((object) => object.name === name || object.name.startsWith(`${name}-`))
      .map((object) => judged(object, operator)),
  );
}

function judged(object: KubeObject, { instances, unset, least, how }: Operator): FailoverFact {
  const id = `${object.kind} ${object.namespace ?? 'default'}/${object.name}`;
  const root = cursor(object);
  const at = instances.map((path) => root.get(...path)).find((one) => one.exists);
  const count = at?.integer() ?? unset;
  const origin = at?.origin ?? object.origin;
  if (count === 0) return untold(id, 'keeps the number of its instances elsewhere', origin);
  if (count >= least) return survives(id, `has ${count} instances, and ${how}`, origin);
  return dies(
    id,
    `has ${count === 1 ? 'one instance' : `${count} instances`}, and needs ${least} to survive the loss of one`,
    `Run at least ${least} instances.`,
    origin,
  );
}
