import type { Cursor } from '../../../../model/cursor.ts';
import { NAME_LABEL } from '../../classes.ts';
import { EVERYTHING } from '../../match.ts';
import type { NamespacedPolicy } from '../../types.ts';
import { Refused } from '../refused.ts';
import { bothSelectors, endpointSelectorAt, namespaceNamed } from './selectors.ts';

/** The pods that a policy is about. */
export type Subject = Pick<NamespacedPolicy, 'pods' | 'doubt'> & Required<Pick<NamespacedPolicy, 'namespaces'>>;

/** Every pod of a namespace, or of all where it is empty. */
export function everyPodOf(namespace: string): Subject {
  return { namespaces: namespace === '' ? EVERYTHING : namespaceNamed(namespace), pods: EVERYTHING };
}

/** Undefined for a policy that is about no pods: one for nodes, or for parts of Cilium itself. */
export function subjectOf(spec: Cursor, namespace: string): Subject | undefined {
  const nodes = spec.get('nodeSelector').exists;
  const selector = endpointSelectorAt(spec.get('endpointSelector'));
  if (nodes && selector !== undefined) throw new Refused('it has both an endpointSelector and a nodeSelector');
  if (nodes && namespace !== '') throw new Refused('a nodeSelector is for CiliumClusterwideNetworkPolicy alone');
  if (nodes) return undefined;
  if (selector === undefined) throw new Refused('it has neither an endpointSelector nor a nodeSelector');
  if (selector.reserved.length > 0) return undefined;
  const { pods, doubt } = selector;
  const namespaces =
    namespace === ''
      ? selector.namespaces
      : bothSelectors(namespaceNamed(namespace), withoutName(spec, selector.namespaces));
  return { namespaces, pods, ...(doubt !== undefined && { doubt }) };
}

/** The own namespace takes the place of one that the selector names as `k8s:`; named otherwise, both have to be it. */
function withoutName(spec: Cursor, namespaces: Subject['namespaces']): Subject['namespaces'] {
  const said = spec.get('endpointSelector', 'matchLabels').stringMap();
  if (said['k8s:io.kubernetes.pod.namespace'] === undefined) return namespaces;
  const { [NAME_LABEL]: _own, ...matchLabels } = namespaces.matchLabels;
  return { ...namespaces, matchLabels };
}
