/**
 * `toServices`: the pods that a Service selects, as if their selector stood in the policy (Cilium 1.17 and later, "Services based"). Endpoints of
 * a Service without a selector are addresses that no manifest says.
 */
import type { Cursor } from '../../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../../model/kube.ts';
import { selects } from '../../../../model/selector.ts';
import { ALL_V4, ALL_V6 } from '../../addresses.ts';
import { union } from '../../intervals.ts';
import { EVERYTHING } from '../../match.ts';
import type { PeerInput } from '../../types.ts';
import { Refused, looseSelectorAt } from '../refused.ts';
import type { Peer } from './peers.ts';
import type { RuleContext } from './rules.ts';
import { namespaceNamed } from './selectors.ts';

const ADDRESSES: PeerInput = { kind: 'outside', addresses: union(ALL_V4, ALL_V6), nodes: true };

export function servicePeers(at: Cursor, { namespace: own, around }: RuleContext): Peer[] {
  const named = at.get('k8sService');
  const selected = at.get('k8sServiceSelector');
  if (named.exists === selected.exists)
    throw new Refused('an entry of toServices is not exactly one of k8sService and k8sServiceSelector');
  const namespace = (named.exists ? named : selected).get('namespace').string() ?? own;
  const name = named.get('serviceName').string();
  const selector = looseSelectorAt(selected.get('selector'));
  const found = around.services.filter(
    (service) =>
      (namespace === '' || (service.namespace ?? 'default') === namespace) &&
      (named.exists ? service.name === name : selector !== undefined && selects(selector, service.labels)),
  );
  if (found.length > 0) return found.flatMap(endpointsOf);
  if (named.exists && name === 'kubernetes' && namespace === 'default')
    return [
      { peer: { kind: 'api-server' }, doubt: 'it names the API server by its Service, which Cilium advises against' },
    ];
  const doubt = `it is about ${name === undefined ? 'Services by labels' : `Service ${namespace}/${name}`}, which no manifest shows`;
  return [
    { peer: { kind: 'pods', namespaces: namespace === '' ? EVERYTHING : namespaceNamed(namespace) }, doubt },
    { peer: ADDRESSES, doubt },
  ];
}

function endpointsOf(service: KubeObject): Peer[] {
  const labels = cursor(service).get('spec', 'selector').stringMap();
  const namespace = service.namespace ?? 'default';
  if (Object.keys(labels).length === 0)
    return [{ peer: ADDRESSES, doubt: `the endpoints of Service ${namespace}/${service.name} are kept elsewhere` }];
  const pods = { matchLabels: labels, matchExpressions: [] };
  return [{ peer: { kind: 'pods', namespaces: namespaceNamed(namespace), pods } }];
}
