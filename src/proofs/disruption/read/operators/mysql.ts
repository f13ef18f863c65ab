/** MySQL and MariaDB as Oracle's, the MariaDB and the Percona operator run them; and MongoDB, whose Percona operator is built alike. */
import type { Cursor } from '../../../../model/cursor.ts';
import type { KubeObject } from '../../../../model/kube.ts';
import { majorityOf, quorumOfReplicaSet } from '../store-quorums.ts';
import { boundsOf, countAt, madeBy, placeOf, type Group } from './group.ts';

/** One of its own where there are several, `minAvailable: 50%` (mariadb-operator docs, "high availability"). */
export function mariaDb({ name }: KubeObject, spec: Cursor): Group[] {
  const replicas = countAt(spec.get('replicas'), 1, 'spec.replicas');
  const own = spec.get('podDisruptionBudget');
  const several = replicas.count > 1 ? madeBy('the mariadb-operator', { minAvailable: '50%' }) : undefined;
  const budget = own.exists ? boundsOf(own, 'the mariadb-operator') : several;
  const labels = { 'app.kubernetes.io/name': 'mariadb', 'app.kubernetes.io/instance': name };
  return [{ replicas, labels, ...(budget !== undefined && { budget }), ...placeOf(own) }];
}

/** One pod may go, the only one as well (`prepare_cluster_pod_disruption_budget` of the mysql-operator). Members of the group vote. */
export function innoDb({ name }: KubeObject, spec: Cursor): Group[] {
  const replicas = countAt(spec.get('instances'), 1, 'spec.instances');
  const labels = { component: 'mysqld', tier: 'mysql', 'mysql.oracle.com/cluster': name };
  const budget = madeBy('the mysql-operator', { maxUnavailable: 1 });
  return [{ replicas, labels, budget, quorum: majorityOf(replicas.count), ...placeOf(spec.get('instances')) }];
}

export function xtraDb({ name }: KubeObject, spec: Cursor): Group[] {
  const labels = {
    'app.kubernetes.io/name': 'percona-xtradb-cluster',
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/component': 'pxc',
  };
  return [perconaGroup(spec.get('pxc'), labels, 'spec.pxc.size')];
}

export function mongoDb({ name }: KubeObject, spec: Cursor): Group[] {
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
