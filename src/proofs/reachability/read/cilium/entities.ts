import { ALL_V4, ALL_V6 } from '../../addresses.ts';
import { union } from '../../intervals.ts';
import { EVERYTHING } from '../../match.ts';
import type { PeerInput } from '../../types.ts';
import { Refused } from '../refused.ts';
import type { Peer } from './peers.ts';

const OTHER_NODES: PeerInput = { kind: 'nodes', selector: EVERYTHING };

/** Everybody, whoever it is: no peer of a rule, but a rule without any. */
export const ALL = 'all';

/**
 * What each other entity stands for (Cilium `pkg/policy/api/entity.go`; "Entities based"). The API server counts as itself, not as an address or a
 * node that it has; `init`, `health`, `ingress` and `unmanaged` are none of the pods that manifests show.
 */
const ENTITIES: Readonly<Record<string, readonly PeerInput[]>> = {
  cluster: [
    { kind: 'pods', namespaces: EVERYTHING },
    { kind: 'own-node' },
    OTHER_NODES,
    { kind: 'api-server' },
    { kind: 'plugin' },
  ],
  host: [{ kind: 'own-node' }],
  'remote-node': [OTHER_NODES],
  'kube-apiserver': [{ kind: 'api-server' }],
  world: [{ kind: 'outside', addresses: union(ALL_V4, ALL_V6), nodes: false }],
  'world-ipv4': [{ kind: 'outside', addresses: ALL_V4, nodes: false }],
  'world-ipv6': [{ kind: 'outside', addresses: ALL_V6, nodes: false }],
  init: [{ kind: 'plugin' }],
  health: [{ kind: 'plugin' }],
  ingress: [{ kind: 'plugin' }],
  unmanaged: [{ kind: 'plugin' }],
  none: [],
};

export function entityPeers(name: string): Peer[] {
  const peers = ENTITIES[name];
  if (peers === undefined) throw new Refused(`${name} is no entity`);
  return peers.map((peer) => ({ peer }));
}
