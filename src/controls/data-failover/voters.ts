/** Stores of operators whose members vote in groups, or are watched by a resource of their own. */
import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { dies, idOf, survives, type FailoverFact } from './facts.ts';

type IsIt = (object: KubeObject) => boolean;

/** Fewest voters of which a majority is left without one. */
const LEAST = 3;

export function voterFacts(view: PlatformView, isIt: IsIt): FailoverFact[] {
  return [
    ...view.objects('PerconaServerMongoDB.psmdb.percona.com').filter(isIt).flatMap(ofReplicaSets),
    ...view.objects('MongoDBCommunity.mongodbcommunity.mongodb.com').filter(isIt).map(ofCommunity),
    ...view.objects('Elasticsearch.elasticsearch.k8s.elastic.co').filter(isIt).map(ofElastic),
    ...view
      .objects('RedisReplication.redis.redis.opstreelabs.in')
      .filter(isIt)
      .flatMap((object) => ofReplication(view, object)),
  ];
}

function ofReplicaSets(object: KubeObject): FailoverFact[] {
  return cursor(object)
    .get('spec', 'replsets')
    .items()
    .map((set) => {
      const arbiter = set.get('arbiter');
      const arbiters = arbiter.get('enabled').boolean() === true ? (arbiter.get('size').integer() ?? 1) : 0;
      const name = set.get('name').string() ?? 'rs0';
      return counted(object, {
        count: (set.get('size').integer() ?? LEAST) + arbiters,
        what: `voter${arbiters > 0 ? ', arbiters included,' : ''} in replica set ${name}`,
        how: 'replica sets elect a primary',
        at: set.get('size'),
      });
    });
}

function ofCommunity(object: KubeObject): FailoverFact {
  const spec = cursor(object).get('spec');
  const members = spec.get('members');
  const count = (members.integer() ?? 1) + (spec.get('arbiters').integer() ?? 0);
  return counted(object, { count, what: 'voter', how: 'replica sets elect a primary', at: members });
}

/** Nodes that name no roles may become master. */
function ofElastic(object: KubeObject): FailoverFact {
  const nodeSets = cursor(object).get('spec', 'nodeSets');
  const masters = nodeSets.items().filter((set) => {
    const config = set.get('config');
    const roles = [config.get('node.roles'), config.get('node', 'roles')].find(({ exists }) => exists);
    return roles === undefined || roles.strings().includes('master');
  });
  const count = masters.reduce((sum, set) => sum + (set.get('count').integer() ?? 1), 0);
  return counted(object, { count, what: 'node that may become master', how: 'the others elect one', at: nodeSets });
}

interface Count {
  readonly count: number;
  readonly what: string;
  readonly how: string;
  readonly at: Cursor;
}

function counted(object: KubeObject, { count, what, how, at }: Count): FailoverFact {
  const origin = at.exists ? at.origin : object.origin;
  const has = `has ${count} ${count === 1 ? what : what.replace(/^\w+/, (noun) => `${noun}s`)}`;
  if (count >= LEAST) return survives(idOf(object), `${has}, and ${how}`, origin);
  const because = `${has}, and needs ${LEAST} to keep a majority without one`;
  return dies(idOf(object), because, `Run at least ${LEAST}.`, origin);
}

/** The operator leaves it to a RedisSentinel to promote a replica; without one here another repository may have it. */
function ofReplication(view: PlatformView, object: KubeObject): FailoverFact[] {
  const size = cursor(object).get('spec', 'clusterSize');
  const origin = size.exists ? size.origin : object.origin;
  if ((size.integer() ?? LEAST) < 2)
    return [
      dies(
        idOf(object),
        'has one instance, and needs 2 to survive the loss of one',
        'Run at least 2 instances.',
        origin,
      ),
    ];
  return view
    .objects('RedisSentinel.redis.redis.opstreelabs.in', object.namespace)
    .map((sentinel) => cursor(sentinel).get('spec'))
    .filter((spec) => spec.get('redisSentinelConfig', 'redisReplicationName').string() === object.name)
    .map((spec) => {
      const watchers = spec.get('clusterSize');
      return counted(object, {
        count: watchers.integer() ?? LEAST,
        what: 'Sentinel',
        how: 'they promote a replica',
        at: watchers.exists ? watchers : spec,
      });
    });
}
