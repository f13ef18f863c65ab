/**
 * Vitess as its operator runs it (planetscale/vitess-operator `pkg/apis/planetscale/v2`). Each shard of each keyspace has a primary of its own among
 * its tablets of type `replica`; VTOrc promotes another one, where the keyspace has it, if the durability policy lets it.
 */
import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { dies, idOf, survives, untold, type FailoverFact } from './facts.ts';

/** Tablets that may become primary, and those that may say that they have a commit, by cell. */
interface Shard {
  readonly at: Cursor;
  readonly replicas: readonly string[];
  readonly readers: readonly string[];
  /** Tablets of a MySQL that is somewhere else. */
  readonly isOutside: boolean;
}

export function vitessFacts(view: PlatformView, isIt: (object: KubeObject) => boolean): FailoverFact[] {
  return view
    .objects('VitessCluster.planetscale.com')
    .filter(isIt)
    .flatMap((cluster) => {
      const keyspaces = cursor(cluster).get('spec', 'keyspaces').items();
      if (keyspaces.length === 0) return untold(idOf(cluster), 'has no keyspaces', cluster.origin);
      return keyspaces.map((keyspace) => keyspaceFact(idOf(cluster), keyspace));
    });
}

function keyspaceFact(cluster: string, keyspace: Cursor): FailoverFact {
  const id = `keyspace ${keyspace.get('name').string() ?? ''} of ${cluster}`;
  const shards = shardsOf(keyspace);
  const [outside] = shards.filter(({ isOutside }) => isOutside);
  if (shards.length === 0 || outside !== undefined)
    return untold(id, 'lies in a MySQL that is run elsewhere', (outside?.at ?? keyspace).origin);
  const policy = keyspace.get('durabilityPolicy').string() ?? 'none';
  for (const shard of shards) {
    const lost = afterLoss(id, shard, policy);
    if (lost !== undefined) return lost;
  }
  const fewest = Math.min(...shards.map(({ replicas }) => replicas.length));
  const orchestrator = keyspace.get('vitessOrchestrator');
  if (!orchestrator.exists)
    return untold(
      id,
      `has ${fewest} tablets a shard that may become primary, and no vitessOrchestrator, so that who promotes one is not known`,
      keyspace.origin,
    );
  const allowed = orchestrator.get('extraFlags', 'allow-emergency-reparent');
  if (allowed.string() === 'false')
    return dies(
      id,
      'lets VTOrc promote no tablet when a primary is lost (allow-emergency-reparent is false)',
      'Remove the flag allow-emergency-reparent.',
      allowed.origin,
    );
  return survives(
    id,
    `has ${fewest} tablets a shard that may become primary, and VTOrc promotes one under durability policy ${policy}`,
    keyspace.origin,
  );
}

/** What keeps a shard from going on without any one of its tablets. */
function afterLoss(id: string, { at, replicas, readers }: Shard, policy: string): FailoverFact | undefined {
  const count = replicas.length;
  if (count < 2)
    return dies(
      id,
      `has a shard with ${count === 0 ? 'no tablet' : 'one tablet'} of type replica, so no other one may become primary`,
      'Give each shard two tablets of type replica or more, in two cells.',
      at.origin,
    );
  if (!/^(?:semi_sync|cross_cell)(?:_with_rdonly_ack)?$/.test(policy)) return undefined;
  const acknowledging = policy.endsWith('_with_rdonly_ack') ? readers : [];
  const isStuck = replicas.some((_, lost) => {
    const left = [...replicas.filter((_cell, index) => index !== lost), ...acknowledging];
    return policy.startsWith('cross_cell') ? new Set(left).size < 2 : left.length < 2;
  });
  if (!isStuck) return undefined;
  return dies(
    id,
    `lets each commit wait for another tablet${policy.startsWith('cross_cell') ? ' in another cell' : ''} (durability policy ${policy}), and has a shard of ${count} tablets of type replica in which none is left once one is lost, so nothing can be written`,
    `Give each shard three tablets of type replica or more${policy.startsWith('cross_cell') ? ', in three cells' : ''}.`,
    at.origin,
  );
}

/** Those of all partitionings: during a resharding there are two. */
function shardsOf(keyspace: Cursor): Shard[] {
  return keyspace
    .get('partitionings')
    .items()
    .flatMap((one) => {
      const template = one.get('equal', 'shardTemplate');
      return [...(template.exists ? [template] : []), ...one.get('custom', 'shards').items()];
    })
    .map((at) => {
      const pools = at.get('tabletPools').items();
      const cellsOf = (type: string): string[] =>
        pools
          .filter((pool) => pool.get('type').string() === type)
          .flatMap((pool) =>
            Array.from({ length: pool.get('replicas').integer() ?? 0 }, () => pool.get('cell').string() ?? ''),
          );
      return {
        at,
        replicas: cellsOf('replica'),
        readers: cellsOf('rdonly'),
        isOutside: pools.some((pool) => pool.get('type').string()?.startsWith('external') === true),
      };
    });
}
