import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { dies, idOf, survives, untold, type FailoverFact } from './facts.ts';

/** Brokers and controllers with which a majority, and a leader for each partition, are left. */
const LEAST = 3;

/**
 * Kafka as Strimzi runs it: its nodes may be described in pools, and each topic that is declared says how often it is kept.
 * https://strimzi.io/docs/operators/latest/configuring.html
 */
export function kafkaFacts(view: PlatformView, isIt: (object: KubeObject) => boolean): FailoverFact[] {
  return view
    .objects('Kafka.kafka.strimzi.io')
    .filter(isIt)
    .flatMap((kafka) => {
      const pools = belonging(view, kafka, 'KafkaNodePool.kafka.strimzi.io');
      return [nodesFact(kafka, pools), ...settingFacts(kafka), ...topicFacts(view, kafka)];
    });
}

function belonging(view: PlatformView, kafka: KubeObject, kind: string): KubeObject[] {
  return view.objects(kind, kafka.namespace).filter(({ labels }) => labels['strimzi.io/cluster'] === kafka.name);
}

/** Where there are pools, they alone count. */
function nodesFact(kafka: KubeObject, pools: readonly KubeObject[]): FailoverFact {
  const own = cursor(kafka).get('spec', 'kafka', 'replicas');
  if (pools.length === 0 && own.integer() === undefined)
    return untold(idOf(kafka), 'keeps the number of its nodes elsewhere', kafka.origin);
  const roles = pools.length === 0 ? ['broker'] : ['broker', 'controller'];
  const counted = roles.map((role) => {
    const having = pools.filter((pool) => cursor(pool).get('spec', 'roles').strings().includes(role));
    const at = pools.length === 0 ? [own] : having.map((pool) => cursor(pool).get('spec', 'replicas'));
    return { role, at, count: at.reduce((sum, one) => sum + (one.integer() ?? 0), 0) };
  });
  // Without any, ZooKeeper or an older Strimzi decides who leads.
  const few = counted.find(({ role, count }) => count < LEAST && !(role === 'controller' && count === 0));
  if (few === undefined)
    return survives(idOf(kafka), `has ${counted[0]?.count} brokers, and partitions elect a leader`, kafka.origin);
  return dies(
    idOf(kafka),
    `has ${few.count} ${few.role}${few.count === 1 ? '' : 's'}, and needs ${LEAST} to survive the loss of one`,
    `Run at least ${LEAST} ${few.role}s.`,
    few.at[0]?.origin ?? kafka.origin,
  );
}

/**
 * Settings that say how often topics are kept which nobody declares, with what is lost with the one broker that has them.
 * https://kafka.apache.org/documentation/#brokerconfigs
 */
const COPIES: readonly (readonly [setting: string, lost: string])[] = [
  ['default.replication.factor', 'topics that clients make on first use are gone or unreachable with it'],
  ['offsets.topic.replication.factor', 'consumer groups that it keeps the offsets of stop with it'],
  ['transaction.state.log.replication.factor', 'transactions that it keeps the state of stop with it'],
];

/** A topic that nobody may make on first use is one that is declared, and judged as that. */
function settingFacts(kafka: KubeObject): FailoverFact[] {
  const config = cursor(kafka).get('spec', 'kafka', 'config');
  const makesTopics = String(config.get('auto.create.topics.enable').value ?? true) !== 'false';
  return COPIES.flatMap(([setting, lost]) => {
    const copies = config.get(setting);
    if (numberAt(copies) !== 1 || (setting.startsWith('default.') && !makesTopics)) return [];
    return [
      dies(idOf(kafka), `sets ${setting} to 1, one broker: ${lost}`, `Set ${setting} to ${LEAST}.`, copies.origin),
    ];
  });
}

/** Topics that are declared here: those that lie on one broker, and those that take no writes with one of their replicas lost. */
function topicFacts(view: PlatformView, kafka: KubeObject): FailoverFact[] {
  const config = cursor(kafka).get('spec', 'kafka', 'config');
  return belonging(view, kafka, 'KafkaTopic.kafka.strimzi.io').flatMap((topic) => {
    const spec = cursor(topic).get('spec');
    const own = spec.get('replicas');
    const copies = own.exists ? own : config.get('default.replication.factor');
    // Kafka's own default.
    const count = copies.exists ? numberAt(copies) : 1;
    if (count === undefined) return [];
    if (count < 2)
      return [
        dies(
          idOf(kafka),
          `keeps topic ${topic.name} on one broker, so its messages are gone or unreachable with that broker`,
          `Set replicas: ${LEAST} on the topic.`,
          copies.exists ? copies.origin : topic.origin,
        ),
      ];
    const perTopic = spec.get('config', 'min.insync.replicas');
    const needed = perTopic.exists ? perTopic : config.get('min.insync.replicas');
    if ((numberAt(needed) ?? 1) < count) return [];
    return [
      dies(
        idOf(kafka),
        `wants ${numberAt(needed)} replicas of topic ${topic.name} in sync, and it has ${count}, so with one lost nothing can be written that all must have`,
        'Keep min.insync.replicas one below the replicas of the topic.',
        needed.origin,
      ),
    ];
  });
}

/** Settings of Kafka are numbers or text alike. */
function numberAt(at: Cursor): number | undefined {
  const count = Number(at.value ?? undefined);
  return Number.isSafeInteger(count) && count > 0 ? count : undefined;
}
