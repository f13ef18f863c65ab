/** `services`: the pods of a Service, on the ports that it sends to (Calico, "NetworkPolicy": ServiceMatch). */
import type { Cursor } from '../../../../model/cursor.ts';
import type { Protocol } from '../../ports.ts';
import type { PeerInput, PortInput, RuleInput } from '../../types.ts';
import { Refused } from '../refused.ts';
import { readService } from '../services.ts';
import { EVERYWHERE } from './nets.ts';
import type { RuleContext } from './surroundings.ts';

type Half = Pick<RuleInput, 'peers' | 'ports' | 'doubt'>;

export function serviceHalves(
  at: Cursor,
  protocols: readonly Protocol[],
  { direction, namespace: own, around }: RuleContext,
): Half[] {
  const name = at.get('name').string() ?? '';
  const namespace = at.get('namespace').string() ?? own;
  if (name === '' || namespace === '') throw new Refused('services have no name, or no namespace in a policy of none');
  const object = around.services.find((one) => one.name === name && (one.namespace ?? 'default') === namespace);
  const [service] = object === undefined ? [] : readService(object);
  const inNamespace = { matchLabels: { 'kubernetes.io/metadata.name': namespace }, matchExpressions: [] };
  const ofProtocol = protocols.map((protocol): PortInput => ({ protocol }));
  if (service?.selector === undefined)
    return [
      {
        peers: [
          { kind: 'pods', namespaces: inNamespace },
          { kind: 'no-pods', addresses: EVERYWHERE },
          ...(name === 'kubernetes' && namespace === 'default' ? [{ kind: 'api-server' } as const] : []),
        ],
        ports: ofProtocol,
        doubt: `it is about Service ${namespace}/${name}, ${object === undefined ? 'which no manifest shows' : 'whose endpoints no manifest shows'}`,
      },
    ];
  const pods: PeerInput = {
    kind: 'pods',
    namespaces: inNamespace,
    pods: { matchLabels: service.selector, matchExpressions: [] },
  };
  const targets = service.ports
    .filter(({ protocol }) => protocols.includes(protocol))
    .map(({ protocol, target }): PortInput =>
      typeof target === 'number' ? { protocol, first: target } : { protocol, name: target },
    );
  const ports = direction === 'egress' ? targets : ofProtocol;
  const nodes: PeerInput = { kind: 'nodes', selector: { matchLabels: {}, matchExpressions: [] } };
  const doubt = `pods of Service ${namespace}/${name} may run on the network of a node`;
  return [
    { peers: [pods], ports },
    { peers: [nodes], ports, doubt },
  ];
}
