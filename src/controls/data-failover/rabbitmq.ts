import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { dies, idOf, survives, untold, type FailoverFact } from './facts.ts';

/** Nodes with which a majority of the copies of a queue is left. */
const LEAST = 3;

/** Kinds of queue that are kept on several nodes. A classic one lies on one. https://www.rabbitmq.com/docs/queues#replicated-types */
const REPLICATED: ReadonlySet<string> = new Set(['quorum', 'stream']);
const CLASSIC = 'classic';

/**
 * RabbitMQ as its cluster operator runs it. Which kind a queue is, its client says, else its virtual host, else the nodes, else it is classic:
 * nodes alone keep no queue.
 * https://www.rabbitmq.com/kubernetes/operator/using-topology-operator
 */
export function rabbitFacts(view: PlatformView, isIt: (object: KubeObject) => boolean): FailoverFact[] {
  return view
    .objects('RabbitmqCluster.rabbitmq.com')
    .filter(isIt)
    .flatMap((cluster) => {
      const at = cursor(cluster).get('spec', 'replicas');
      const nodes = at.integer() ?? 1;
      const origin = at.exists ? at.origin : cluster.origin;
      return nodes < LEAST
        ? dies(
            idOf(cluster),
            `has ${nodes === 1 ? 'one node' : `${nodes} nodes`}, and needs ${LEAST} to survive the loss of one`,
            `Run at least ${LEAST} nodes, an odd number.`,
            origin,
          )
        : queueFacts(view, cluster, `has ${nodes} nodes`);
    });
}

function queueFacts(view: PlatformView, cluster: KubeObject, has: string): FailoverFact[] {
  const id = idOf(cluster);
  const ofNodes = defaultOfNodes(cluster);
  const hosts = new Map(
    belonging(view, cluster, 'Vhost').map((host) => {
      const spec = cursor(host).get('spec');
      return [spec.get('name').string() ?? '', spec.get('defaultQueueType').string() ?? ofNodes];
    }),
  );
  const queues = belonging(view, cluster, 'Queue').map((queue) => {
    const spec = cursor(queue).get('spec');
    const said = spec.get('type').string() ?? spec.get('arguments', 'x-queue-type').string();
    const kind = said ?? hosts.get(spec.get('vhost').string() ?? '/') ?? ofNodes;
    return { queue, kind, isDurable: spec.get('durable').boolean() === true };
  });
  const onOne = queues.filter(({ kind, isDurable }) => isDurable && !REPLICATED.has(kind));
  if (onOne.length > 0)
    return onOne.map(({ queue, kind }) =>
      dies(
        id,
        `keeps ${kind} queue ${queue.name} on one node, so its messages are unreachable or gone with that node`,
        'Give the queue type: quorum; a queue that exists has to be made anew for it.',
        queue.origin,
      ),
    );
  const defaults = hosts.size > 0 ? [...hosts.values()] : [ofNodes];
  if (defaults.every((kind) => REPLICATED.has(kind)))
    return [survives(id, `${has}, and quorum queues, which clients get by default, elect a leader`, cluster.origin)];
  if (queues.some(({ kind }) => REPLICATED.has(kind)))
    return [survives(id, `${has}, and the quorum queues that are declared elect a leader`, cluster.origin)];
  return [
    untold(
      id,
      `${has}, and each queue lies on one of them unless its client asks for another kind; whether all ask is not known: set default_queue_type = quorum in additionalConfig, or declare the queues`,
      cluster.origin,
    ),
  ];
}

/** `default_queue_type` of rabbitmq.conf, 4.0 and later, of which the last line counts. */
function defaultOfNodes(cluster: KubeObject): string {
  const config = cursor(cluster).get('spec', 'rabbitmq', 'additionalConfig').string() ?? '';
  return [...config.matchAll(/^[ \t]*default_queue_type[ \t]*=[ \t]*(\w+)/gm)].at(-1)?.[1] ?? CLASSIC;
}

/** Objects of the topology operator that name the cluster; without a namespace it is in their own. */
function belonging(view: PlatformView, cluster: KubeObject, kind: 'Queue' | 'Vhost'): KubeObject[] {
  return view.objects(`${kind}.rabbitmq.com`).filter((object) => {
    const reference = cursor(object).get('spec', 'rabbitmqClusterReference');
    const namespace = reference.get('namespace').string() ?? object.namespace ?? 'default';
    return reference.get('name').string() === cluster.name && namespace === (cluster.namespace ?? 'default');
  });
}
