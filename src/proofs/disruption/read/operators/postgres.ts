/** PostgreSQL as CloudNativePG, Zalando's postgres-operator and Crunchy's run it. */
import type { Cursor } from '../../../../model/cursor.ts';
import type { KubeObject } from '../../../../model/kube.ts';
import { countAt, madeBy, placeOf, type Group, type Untold } from './group.ts';

/**
 * A budget over the primary, which moves to another instance once its node is cordoned, and one over the replicas, all but one of which
 * stay (cloudnative-pg `pkg/specs/poddisruptionbudget.go`). A maintenance window takes them away.
 */
export function cloudNative({ name }: KubeObject, spec: Cursor): Group[] {
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
export function zalando({ name }: KubeObject, spec: Cursor): Group[] {
  const replicas = countAt(spec.get('numberOfInstances'), 1, 'spec.numberOfInstances');
  const budget = madeBy('the postgres-operator', {
    minAvailable: Math.max(1, replicas.count - 1),
    remedy: 'Run two instances, so that the master moves away from a node that is drained.',
  });
  const labels = { application: 'spilo', 'cluster-name': name };
  return [{ replicas, labels, budget, ...placeOf(spec.get('numberOfInstances')) }];
}

/**
 * A budget of one over a set of several instances, or what the set says; 0 takes it away (`getMinAvailable` of the postgres-operator). Several
 * sets stand in for each other, each under a budget of its own.
 */
export function crunchy({ name }: KubeObject, spec: Cursor): Group[] | Untold {
  const [set, second] = spec.get('instances').items();
  if (set === undefined || second !== undefined)
    return {
      because: 'it has none or several sets of instances, and what is left of all together is not worked out here',
      at: spec.get('instances').origin,
    };
  const replicas = countAt(set.get('replicas'), 1, 'spec.instances');
  const own = set.get('minAvailable');
  const minAvailable = own.integerOrString() ?? (replicas.count > 1 ? 1 : 0);
  const budget = madeBy('the Crunchy operator', {
    minAvailable,
    remedy: 'Run two replicas at least, and set minAvailable: 1 in its instances.',
  });
  return [
    {
      replicas,
      labels: {
        'postgres-operator.crunchydata.com/cluster': name,
        'postgres-operator.crunchydata.com/instance-set': set.get('name').string() ?? '00',
      },
      ...(minAvailable !== 0 && minAvailable !== '0%' && { budget }),
      ...placeOf(own.exists ? own : set),
    },
  ];
}
