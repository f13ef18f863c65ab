/** The part of the oracle that knows policies of Cilium, along the text of its documentation. */
import {
  inCidr,
  ipOf,
  labelsFit,
  namespaceLabels,
  type CiliumObject,
  type OracleEnd,
  type OraclePod,
  type OracleWorld,
  type Raw,
} from './oracle-parts.testkit.ts';

export function ciliumSelects(
  world: OracleWorld,
  { namespace, spec }: CiliumObject,
  pod: OraclePod,
  direction: string,
): boolean {
  const rules = (spec[direction] ?? []).length + (spec[`${direction}Deny`] ?? []).length;
  if (rules === 0 || pod.hostNetwork) return false;
  if (namespace !== undefined && namespace !== pod.namespace) return false;
  return labelsFit(bare(spec.endpointSelector), endpointLabels(world, pod));
}

const NAMESPACE_KEY = 'io.kubernetes.pod.namespace';
const NAMESPACE_LABELS = 'io.cilium.k8s.namespace.labels.';

const labelsOf = new WeakMap<OraclePod, Record<string, string>>();

/** Worked out once: a pod is of one world, or of worlds with the same namespaces. */
function endpointLabels(world: OracleWorld, pod: OraclePod): Record<string, string> {
  let known = labelsOf.get(pod);
  if (known === undefined) {
    known = { ...pod.labels, [NAMESPACE_KEY]: pod.namespace };
    for (const [key, value] of Object.entries(namespaceLabels(world, pod.namespace)))
      known[`${NAMESPACE_LABELS}${key}`] = value;
    labelsOf.set(pod, known);
  }
  return known;
}

const bareOf = new WeakMap<object, Raw>();

/** A selector without the prefixes of its keys. */
function bare(selector: Raw): Raw {
  let known = bareOf.get(selector);
  if (known === undefined) {
    const plain = (key: string): string => key.replace(/^(?:k8s|any):/, '');
    known = {
      matchLabels: Object.fromEntries(
        Object.entries(selector.matchLabels ?? {}).map(([key, value]) => [plain(key), value]),
      ),
      matchExpressions: (selector.matchExpressions ?? []).map((one: Raw) => ({ ...one, key: plain(one.key) })),
    };
    bareOf.set(selector, known);
  }
  return known;
}

export function ciliumRuleFits(
  world: OracleWorld,
  { namespace }: CiliumObject,
  rule: Raw,
  direction: 'ingress' | 'egress',
  me: OraclePod,
  peer: OracleEnd,
  protocol: string,
  port: number,
  receiver: OracleEnd,
): boolean {
  const side = direction === 'ingress' ? 'from' : 'to';
  const [endpoints, entities, cidrs] = [rule[`${side}Endpoints`], rule[`${side}Entities`], rule[`${side}CIDR`]];
  if (endpoints === undefined && entities === undefined && cidrs === undefined && rule.toPorts === undefined)
    return false;
  if (rule.toPorts && !rule.toPorts[0].ports.some((one: Raw) => ciliumPortFits(one, protocol, port, receiver)))
    return false;
  if (endpoints) return endpoints.some((one: Raw) => ciliumEndpointFits(world, namespace, bare(one), peer));
  if (entities) return entities.some((one: string) => ciliumEntityFits(one, kindOf(me, peer)));
  if (!cidrs) return true;
  const kind = kindOf(me, peer);
  const mayMatch = kind === 'world' || (kind === 'remote-node' && world.cidrSelectsNodes);
  return mayMatch && cidrs.some((cidr: string) => inCidr(ipOf(world, peer), cidr));
}

export function kindOf(me: OraclePod, peer: OracleEnd): 'pod' | 'world' | 'host' | 'remote-node' {
  if ('ip' in peer) return 'world';
  if ('pod' in peer && !peer.pod.hostNetwork) return 'pod';
  const node = 'pod' in peer ? peer.pod.node : peer.node;
  return node === me.node ? 'host' : 'remote-node';
}

function ciliumEntityFits(entity: string, kind: string): boolean {
  if (entity === 'all') return true;
  return entity === 'cluster' ? kind !== 'world' : entity === kind;
}

function ciliumEndpointFits(world: OracleWorld, own: string | undefined, selector: Raw, peer: OracleEnd): boolean {
  if (!('pod' in peer) || peer.pod.hostNetwork) return false;
  const keys = [...Object.keys(selector.matchLabels), ...selector.matchExpressions.map(({ key }: Raw) => key)];
  const byLabels = keys.some((key) => key.startsWith(NAMESPACE_LABELS)) && world.labelsReachFar;
  if (own !== undefined && !keys.includes(NAMESPACE_KEY) && !byLabels && peer.pod.namespace !== own) return false;
  return labelsFit(selector, endpointLabels(world, peer.pod));
}

function ciliumPortFits(rule: Raw, protocol: string, port: number, receiver: OracleEnd): boolean {
  if ((rule.protocol ?? 'ANY') !== 'ANY' && rule.protocol !== protocol) return false;
  if (!/^\d+$/.test(rule.port))
    return (
      'pod' in receiver &&
      receiver.pod.ports.some((one) => one.name === rule.port && one.protocol === protocol && one.port === port)
    );
  const first = Number(rule.port);
  return first === 0 || (port >= first && port <= (rule.endPort ?? first));
}
