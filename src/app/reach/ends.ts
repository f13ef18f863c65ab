import { LaunchgateError } from '../../model/errors.ts';
import {
  ANYONE,
  INTERNET,
  loosePods,
  OTHER_NODE,
  outside,
  OWN_NODE,
  podsOf,
  selectedBy,
  serviceTargets,
  PROTOCOLS,
  type Endpoint,
  type PodClass,
  type Protocol,
  type Reachability,
} from '../../proofs/reachability/index.ts';

/** An end as somebody typed it, and what it stands for. */
export interface NamedEnd {
  readonly label: string;
  readonly endpoint: Endpoint;
}

const WORDS: Readonly<Record<string, Endpoint>> = {
  internet: INTERNET,
  node: OWN_NODE,
  'other-node': OTHER_NODE,
  anyone: ANYONE,
};

const FORMS =
  'Give namespace/name, namespace/name[Kind], namespace/ (in --from and --to), service/namespace/name, pods/namespace/key=value, an address or CIDR block, internet, node, other-node or anyone.';

/** The one end that a text names; a usage error where it names none, or several. */
export function endNamed(reach: Reachability, text: string): NamedEnd {
  const word = Object.hasOwn(WORDS, text) ? WORDS[text] : undefined;
  if (word !== undefined) return { label: text, endpoint: word };
  const addresses = outside(text);
  if (addresses !== undefined) return { label: text, endpoint: addresses };
  const elsewhere = podsElsewhere(reach, text);
  if (elsewhere !== undefined) return elsewhere;
  const service = serviceNamed(reach, text);
  const ids = service ?? [...reach.classes.byId.keys()].filter((id) => matchesId(id, text));
  const [id] = ids;
  if (id === undefined) throw new LaunchgateError('not-found', `nothing is called ${text}`, { next: FORMS });
  if (ids.length > 1)
    throw new LaunchgateError(
      'usage',
      `${text} may be ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ' and others' : ''}`,
      {
        next: 'Name one of them in full.',
      },
    );
  const endpoint = podsOf(reach, id);
  if (endpoint === undefined) throw new LaunchgateError('internal', `${id} has no pods`);
  return { label: id, endpoint };
}

/** `pods/monitoring/app=prometheus`: pods that the repository does not hold, of which the namespace and perhaps some labels are known. */
function podsElsewhere(reach: Reachability, text: string): NamedEnd | undefined {
  const [, namespace, rest] = /^pods\/([a-z0-9-]+)(?:\/(.+))?$/.exec(text) ?? [];
  if (namespace === undefined) return undefined;
  const pairs = rest === undefined ? [] : rest.split(',').map((pair) => pair.split(/=(.*)/s).slice(0, 2));
  if (pairs.some(({ length }) => length < 2))
    throw new LaunchgateError('usage', `${text} has labels that are not of the form key=value`);
  return { label: text, endpoint: loosePods(reach, namespace, Object.fromEntries(pairs)) };
}

/** Whether a filter is about a workload: its id, with or without its kind, its name, or its namespace as `shop/` or `shop/*`. */
export function matchesId(id: string, filter: string): boolean {
  const plain = id.replace(/\[.*$/, '');
  return (
    id === filter ||
    plain === filter ||
    plain.slice(plain.indexOf('/') + 1) === filter ||
    (/\/\*?$/.test(filter) && id.startsWith(filter.replace(/\*$/, '')))
  );
}

function serviceNamed(reach: Reachability, text: string): string[] | undefined {
  const [kind, namespace, name] = text.split('/');
  if (kind !== 'service' || name === undefined) return undefined;
  const service = reach.services(namespace).find((one) => one.name === name);
  if (service === undefined) throw new LaunchgateError('not-found', `there is no Service ${namespace}/${name}`);
  return selectedBy(reach, service).flatMap(({ members }) => members.map(({ id }) => id));
}

export interface NamedPort {
  readonly protocol: Protocol;
  readonly port: number;
}

/** `8080`, `udp/53`, or the name of a port of the receiving pods or of the Service that was named. */
export function portNamed(reach: Reachability, to: Endpoint, destination: string, text: string): NamedPort {
  const [, given, rest = ''] = /^(?:(tcp|udp|sctp)\/)?(.+)$/i.exec(text) ?? [];
  const protocol = PROTOCOLS.find((one) => one === given?.toUpperCase());
  const number = /^\d+$/.test(rest) ? Number(rest) : undefined;
  if (number !== undefined && (number < 1 || number > 65_535))
    throw new LaunchgateError('usage', `${text} is no port: they go from 1 to 65535`);
  const throughService = serviceTarget(reach, to, destination, number ?? rest);
  if (throughService !== undefined) return throughService;
  if (number !== undefined) return { protocol: protocol ?? 'TCP', port: number };
  const listed = to.kind === 'pods' ? portsOf(to.pods) : [];
  const found = listed.find((one) => one.name === rest && (protocol === undefined || one.protocol === protocol));
  if (found === undefined)
    throw new LaunchgateError('usage', `${destination} has no port named ${rest}`, {
      next: `Give a number, such as 8080 or udp/53${listed.length === 0 ? '' : `, or one of ${listed.map((one) => one.name ?? one.port).join(', ')}`}.`,
    });
  return found;
}

function serviceTarget(
  reach: Reachability,
  to: Endpoint,
  destination: string,
  port: number | string,
): NamedPort | undefined {
  const [kind, namespace, name] = destination.split('/');
  if (kind !== 'service' || name === undefined || to.kind !== 'pods') return undefined;
  const service = reach.services(namespace).find((one) => one.name === name);
  const target = service && serviceTargets(reach, service, port).find(({ pods }) => pods === to.pods);
  if (target === undefined)
    throw new LaunchgateError('usage', `Service ${namespace}/${name} has no port ${port} that leads to its pods`);
  return target;
}

function portsOf(pods: PodClass): NonNullable<PodClass['ports']> {
  return pods.ports ?? [];
}
