/** `allowedRoutes.namespaces` of a listener: from which namespaces it takes routes. */
import type { Cursor } from '../../model/cursor.ts';
import { isNamespaceGuessed, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { readSelector, selects, type Selector } from '../../model/selector.ts';
import type { Refusal } from './types.ts';

/** The label that every namespace carries with its own name. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** Why a listener takes no route of that namespace; none where it does. The Gateway's own namespace alone is let in unless it says otherwise. */
export function namespaceRefusal(
  view: PlatformView,
  route: KubeObject,
  gateway: KubeObject,
  listener: Cursor,
): Refusal | undefined {
  const namespaces = listener.get('allowedRoutes', 'namespaces');
  const from = namespaces.get('from').string() ?? 'Same';
  if (from === 'All' || (from === 'Same' && route.namespace === gateway.namespace)) return undefined;
  const guessed = [route, gateway].find(isNamespaceGuessed);
  if (guessed !== undefined)
    return { because: `the namespace of ${guessed.kind} ${guessed.name} is not in the repository`, proven: false };
  if (from === 'Same') return { because: 'takes routes of its own namespace only', proven: true };
  const selector = readSelector(namespaces.get('selector'));
  if (from !== 'Selector' || selector === undefined)
    return { because: 'selects the namespaces of its routes, and says none', proven: true };
  return selectorRefusal(view, selector, route.namespace ?? 'default');
}

function selectorRefusal(view: PlatformView, selector: Selector, namespace: string): Refusal | undefined {
  const object = view.objects('Namespace').find(({ name }) => name === namespace);
  const keys = [...Object.keys(selector.matchLabels), ...selector.matchExpressions.map(({ key }) => key)];
  if (object === undefined && keys.some((key) => key !== NAME_LABEL))
    return { because: `the labels of namespace ${namespace} are not in the repository`, proven: false };
  return selects(selector, { ...object?.labels, [NAME_LABEL]: namespace })
    ? undefined
    : { because: `takes routes of the namespaces it selects, and ${namespace} is none of them`, proven: true };
}
