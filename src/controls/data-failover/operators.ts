import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { dies, idOf, survives, type FailoverFact } from './facts.ts';
import { rabbitFacts } from './rabbitmq.ts';
import { kafkaFacts } from './strimzi.ts';
import { vitessFacts } from './vitess.ts';
import { voterFacts } from './voters.ts';

interface Operator {
  readonly kind: string;
  /** Fields that hold the number of instances; the first that is there counts, and behind `[]` those of all items together. */
  readonly instances: readonly (readonly string[])[];
  /** Instances where no field says so. */
  readonly unset: number;
  /** Fewest with which it survives the loss of one. */
  readonly least: number | ((spec: Cursor) => number);
  readonly how: string;
  /** What keeps it from surviving with instances enough. */
  lack?(spec: Cursor, count: number): Lack | undefined;
}

interface Lack {
  readonly because: string;
  readonly remediation: string;
  readonly at: Cursor;
}

/** Operators that promote by themselves, and where they keep their number of instances (their CRD references). */
const OPERATORS: readonly Operator[] = [
  ...['PostgresCluster.postgres-operator.crunchydata.com', 'PerconaPGCluster.pgv2.percona.com'].map((kind) => ({
    kind,
    instances: [['spec', 'instances', '[]', 'replicas']],
    unset: 1,
    least: 2,
    how: 'Patroni promotes a replica',
  })),
  {
    kind: 'Cluster.postgresql.cnpg.io',
    instances: [['spec', 'instances']],
    unset: 1,
    least: 2,
    how: 'CloudNativePG promotes a replica',
    lack: standbysThatCommitsWaitFor,
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
    least: (spec) => (isReplicated(spec) ? 2 : 3),
    how: 'the operator promotes a replica',
    lack: promotionOfMariaDb,
  },
];

/** Custom resources that are the store, by its name. */
export function operatorFacts(view: PlatformView, name: string): FailoverFact[] {
  const isIt = (object: KubeObject): boolean => object.name === name || object.name.startsWith(`${name}-`);
  return [
    ...OPERATORS.flatMap((operator) =>
      view
        .objects(operator.kind)
        .filter(isIt)
        .map((object) => judged(object, operator)),
    ),
    ...kafkaFacts(view, isIt),
    ...rabbitFacts(view, isIt),
    ...vitessFacts(view, isIt),
    ...voterFacts(view, isIt),
  ];
}

function judged(object: KubeObject, { instances, unset, least, how, lack }: Operator): FailoverFact {
  const id = idOf(object);
  const root = cursor(object);
  const spec = root.get('spec');
  const [at, count] = countAt(root, instances, unset);
  const origin = at?.origin ?? object.origin;
  const needed = typeof least === 'number' ? least : least(spec);
  if (count < needed)
    return dies(
      id,
      `has ${count === 1 ? 'one instance' : `${count} instances`}, and needs ${needed} to survive the loss of one`,
      `Run at least ${needed} instances.`,
      origin,
    );
  const lacking = lack?.(spec, count);
  if (lacking !== undefined) return dies(id, lacking.because, lacking.remediation, lacking.at.origin);
  return survives(id, `has ${count} instances, and ${how}`, origin);
}

function countAt(root: Cursor, paths: Operator['instances'], unset: number): [at: Cursor | undefined, count: number] {
  const [path = []] = paths;
  const list = path.indexOf('[]');
  if (list === -1) {
    const at = paths.map((one) => root.get(...one)).find(({ exists }) => exists);
    return [at, at?.integer() ?? unset];
  }
  const at = root.get(...path.slice(0, list));
  const counts = at.items().map((item) => item.get(...path.slice(list + 1)).integer() ?? unset);
  return [at.exists ? at : undefined, counts.reduce((sum, one) => sum + one, 0)];
}

/**
 * With `dataDurability: required`, the default, a commit waits until that many standbys have it, however few there are.
 * https://cloudnative-pg.io/documentation/current/replication/#synchronous-replication
 */
function standbysThatCommitsWaitFor(spec: Cursor, count: number): Lack | undefined {
  const synchronous = spec.get('postgresql', 'synchronous');
  const at = synchronous.get('number');
  const awaited = at.integer() ?? 0;
  const outside = ['standbyNamesPre', 'standbyNamesPost'].flatMap((field) => synchronous.get(field).items()).length;
  const left = count - 2 + outside;
  if (awaited <= left || synchronous.get('dataDurability').string() === 'preferred') return undefined;
  return {
    because: `lets each commit wait for ${awaited} of its standbys, and has ${left === 0 ? 'none' : left} left once one of its ${count} instances is lost, so nothing can be written`,
    remediation: `Run ${awaited + 2 - outside} instances, or set dataDurability: preferred if a commit may then be on the primary alone.`,
    at,
  };
}

function isReplicated(spec: Cursor): boolean {
  return spec.get('replication', 'enabled').boolean() === true;
}

/** https://github.com/mariadb-operator/mariadb-operator/blob/main/docs/replication.md; `automaticFailover` is the older name. */
function promotionOfMariaDb(spec: Cursor): Lack | undefined {
  if (spec.get('galera', 'enabled').boolean() === true) return undefined;
  if (!isReplicated(spec))
    return {
      because: 'has several instances and neither Galera nor replication between them',
      remediation: 'Enable galera or replication.',
      at: spec,
    };
  const primary = spec.get('replication', 'primary');
  const off = ['autoFailover', 'automaticFailover']
    .map((field) => primary.get(field))
    .find((at) => at.boolean() === false);
  if (off === undefined) return undefined;
  return {
    because: 'is told to promote no replica when its primary is lost',
    remediation: 'Let the operator fail over by itself.',
    at: off,
  };
}
