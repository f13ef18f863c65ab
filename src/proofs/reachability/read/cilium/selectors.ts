/**
 * Selectors over the labels that Cilium knows of an endpoint: the pod's own, and by special keys its namespace, the labels of its
 * namespace, its ServiceAccount and its cluster. A prefix says where a label is from: `k8s:`, `any:` or none for those, `reserved:` for
 * what is no pod (Cilium `pkg/labels`, `pkg/k8s/apis/cilium.io/utils`).
 */
import type { Cursor } from '../../../../model/cursor.ts';
import type { Selector, SelectorExpression } from '../../../../model/selector.ts';
import { NAME_LABEL } from '../../classes.ts';
import { Refused, looseSelectorAt } from '../refused.ts';

const CLUSTER = 'io.cilium.k8s.policy.cluster';
const NAMESPACE = 'io.kubernetes.pod.namespace';
const NAMESPACE_LABELS = 'io.cilium.k8s.namespace.labels.';

/** A selector, sorted by what it is about. */
export interface EndpointSelector {
  readonly namespaces: Selector;
  readonly pods: Selector;
  /** It names a namespace, whatever of it. */
  readonly saysNamespace: boolean;
  readonly saysNamespaceLabels: boolean;
  /** What it names that is no pod: `host`, `world`; then it selects no pods. */
  readonly reserved: readonly string[];
  readonly doubt?: string;
}

type Part = 'namespaces' | 'pods' | 'reserved' | 'cluster' | 'elsewhere';

export function endpointSelectorAt(at: Cursor): EndpointSelector | undefined {
  const written = looseSelectorAt(at);
  if (written === undefined) return undefined;
  const terms = [
    ...Object.entries(written.matchLabels).map(([key, value]) => ({ ...placeOf(key), value })),
    ...written.matchExpressions.map((expression) => ({ ...placeOf(expression.key), expression })),
  ];
  const selector = (wanted: Part): Selector => ({
    matchLabels: Object.fromEntries(
      terms.flatMap((term) => (term.part === wanted && 'value' in term ? [[term.key, term.value]] : [])),
    ),
    matchExpressions: terms.flatMap((term) =>
      term.part === wanted && 'expression' in term ? [{ ...term.expression, key: term.key }] : [],
    ),
  });
  const unclear = terms.find(({ part }) => part === 'cluster' || part === 'elsewhere');
  return {
    namespaces: selector('namespaces'),
    pods: selector('pods'),
    saysNamespace: terms.some(({ part, key }) => part === 'namespaces' && key === NAME_LABEL),
    saysNamespaceLabels: terms.some(({ part, key }) => part === 'namespaces' && key !== NAME_LABEL),
    reserved: reservedIn(selector('reserved')),
    ...(unclear !== undefined && {
      doubt:
        unclear.part === 'cluster'
          ? 'it names a cluster, and which of them this one is is not known'
          : `it asks for ${unclear.key}, of which the manifests say nothing`,
    }),
  };
}

function placeOf(written: string): { part: Part; key: string } {
  const [source, own] = /^(?:([a-z0-9-]+):)?(.*)$/s.exec(written)?.slice(1) ?? [];
  const key = own ?? '';
  if (source === 'reserved') return { part: 'reserved', key };
  if (source !== undefined && source !== 'k8s' && source !== 'any') return { part: 'elsewhere', key: written };
  if (key === NAMESPACE) return { part: 'namespaces', key: NAME_LABEL };
  if (key.startsWith(NAMESPACE_LABELS)) return { part: 'namespaces', key: key.slice(NAMESPACE_LABELS.length) };
  if (key === CLUSTER) return { part: 'cluster', key };
  return { part: 'pods', key };
}

/** No pod has a reserved label, so asking for it selects none, and asking for its absence asks nothing. */
function reservedIn({ matchLabels, matchExpressions }: Selector): string[] {
  const asked = matchExpressions.filter(({ operator }) => operator === 'In' || operator === 'Exists');
  return [...Object.keys(matchLabels), ...asked.map(({ key }) => key)];
}

/** Both selectors in one. Where they ask two values of one label, no object has both. */
export function bothSelectors(a: Selector, b: Selector): Selector {
  const clash = Object.entries(b.matchLabels).filter(([key]) => Object.hasOwn(a.matchLabels, key));
  return {
    matchLabels: { ...b.matchLabels, ...a.matchLabels },
    matchExpressions: [
      ...a.matchExpressions,
      ...b.matchExpressions,
      ...clash.map(([key, value]): SelectorExpression => ({ key, operator: 'In', values: [value] })),
    ],
  };
}

/** The selector of one namespace by its name. */
export function namespaceNamed(name: string): Selector {
  return { matchLabels: { [NAME_LABEL]: name }, matchExpressions: [] };
}

/** A list of selectors that must not be written as something else, such as a single one. */
export function selectorsAt(at: Cursor): EndpointSelector[] {
  return at.items().map((item) => {
    const found = endpointSelectorAt(item);
    if (found === undefined) throw new Refused('a selector is null');
    return found;
  });
}
