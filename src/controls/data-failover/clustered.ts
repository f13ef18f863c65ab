import { containers, cursor, workloadName, type Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { StoreSpec } from '../../model/spec.ts';
import { dies, survives, untold, type FailoverFact } from './facts.ts';

type Kind = StoreSpec['kind'];

/** Stores whose members vote: a majority must be left. */
const VOTING: readonly Kind[] = ['nats', 'kafka', 'elasticsearch', 'qdrant'];

/** What promotes a replica, by words in images, commands and variables. */
const PROMOTERS: Partial<Record<Kind, readonly (readonly [RegExp, string])[]>> = {
  postgres: [
    [/patroni|spilo/i, 'Patroni'],
    [/repmgr/i, 'repmgr'],
    [/stolon/i, 'Stolon'],
    [/pg_auto_failover|pg_autoctl/i, 'pg_auto_failover'],
  ],
  redis: [
    [/sentinel/i, 'Sentinel'],
    [/cluster-enabled|redis-cluster/i, 'Redis Cluster'],
  ],
  mysql: [[/group_replication|galera|orchestrator|mysql-router/i, 'group replication']],
  mariadb: [[/galera|wsrep/i, 'Galera']],
};

/** What a workload that runs the store says of losing one of its pods. */
export function workloadFact(
  view: PlatformView,
  workload: Workload,
  { kind, quorum }: Pick<StoreSpec, 'kind' | 'quorum'>,
): FailoverFact | undefined {
  if (workload.kind === 'Job' || workload.kind === 'CronJob' || workload.kind === 'DaemonSet') return undefined;
  const id = workloadName(workload);
  const at = cursor(workload.object).get('spec', 'replicas');
  const replicas = at.integer() ?? 1;
  const origin = at.exists ? at.origin : workload.object.origin;
  const least = VOTING.includes(kind) ? 3 : 2;
  if (replicas < least)
    return dies(
      id,
      `has ${replicas === 1 ? 'one replica' : `${replicas} replicas`}, and ${kind} needs ${least} to survive the loss of one`,
      least === 3
        ? 'Run three replicas in three zones, so that a majority is left.'
        : 'Run a replica in another zone, and something that promotes it.',
      origin,
    );
  if (quorum !== undefined && replicas - 1 < quorum)
    return dies(
      id,
      `has ${replicas} replicas, and with one lost ${replicas - 1} are left of a quorum of ${quorum}`,
      `Run ${quorum + 1} replicas or more.`,
      origin,
    );
  if (VOTING.includes(kind)) return votingFact(view, workload, kind, { id, replicas, origin });
  const promoters = PROMOTERS[kind];
  if (promoters === undefined)
    return untold(id, `has ${replicas} replicas, and how ${kind} fails over is not known here`, origin);
  const words = wordsOf(workload);
  const promoter = promoters.find(([pattern]) => pattern.test(words));
  if (promoter === undefined)
    return untold(id, `has ${replicas} replicas, and nothing here is known to promote one`, origin);
  return survives(id, `has ${replicas} replicas, and ${promoter[1]} promotes one of them`, origin);
}

/** Streams of NATS that are declared here must be kept by three servers; those that services make are not seen. */
function votingFact(
  view: PlatformView,
  workload: Workload,
  kind: Kind,
  { id, replicas, origin }: { id: string; replicas: number; origin: FailoverFact['origin'] },
): FailoverFact {
  const alone =
    kind === 'nats'
      ? view
          .objects('Stream.jetstream.nats.io', workload.namespace)
          .find((stream) => (cursor(stream).get('spec', 'replicas').integer() ?? 1) < 3)
      : undefined;
  if (alone === undefined)
    return survives(id, `has ${replicas} members, of which ${Math.floor(replicas / 2) + 1} decide`, origin);
  const copies = cursor(alone).get('spec', 'replicas');
  return dies(
    id,
    `keeps stream ${alone.name} on ${copies.integer() ?? 1} of ${replicas} servers, so its messages are gone or unreachable with that server`,
    'Set replicas: 3 on the stream.',
    copies.exists ? copies.origin : alone.origin,
  );
}

function wordsOf(workload: Workload): string {
  return containers(workload)
    .flatMap(({ name, at }) => [
      name,
      at.get('image').string() ?? '',
      ...at.get('command').strings(),
      ...at.get('args').strings(),
      ...at
        .get('env')
        .items()
        .map((one) => one.get('name').string() ?? ''),
    ])
    .join(' ');
}
