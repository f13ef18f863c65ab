/** From which namespaces a listener takes routes (`allowedRoutes`), and a Gateway listeners (`allowedListeners`). */
import type { Cursor } from '../../model/cursor.ts';
import { cursor, isNamespaceGuessed, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { readSelector, selects, type Selector } from '../../model/selector.ts';
import type { Refusal } from './types.ts';

/** The label that every namespace carries with its own name. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** Why a listener takes no route of that namespace; none where it does. Its own namespace alone is let in unless it says otherwise. */
export function namespaceRefusal(
  view: PlatformView,
  route: KubeObject,
  holder: KubeObject,
  listener: Cursor,
): Refusal | undefined {
  const namespaces = listener.get('allowedRoutes', 'namespaces');
  return refusalIn(view, namespaces, namespaces.get('from').string() ?? 'Same', route, holder, 'routes');
}

/** Why a Gateway takes no listeners of a ListenerSet; none where it does. Unless it says otherwise it takes none at all. */
export function listenersRefusal(view: PlatformView, set: KubeObject, gateway: KubeObject): Refusal | undefined {
  const namespaces = cursor(gateway).get('spec', 'allowedListeners', 'namespaces');
  const from = namespaces.get('from').string() ?? 'None';
  const title = `its Gateway ${gateway.namespace ?? 'default'}/${gateway.name}`;
  const refusal: Refusal | undefined =
    from === 'None'
      ? { because: 'takes no listeners of sets (allowedListeners)', proven: true }
      : refusalIn(view, namespaces, from, set, gateway, 'listeners');
  return refusal?.proven === true ? { ...refusal, because: `${title} ${refusal.because}` } : refusal;
}

function refusalIn(
  view: PlatformView,
  namespaces: Cursor,
  from: string,
  member: KubeObject,
  holder: KubeObject,
  what: 'routes' | 'listeners',
): Refusal | undefined {
  if (from === 'All' || (from === 'Same' && member.namespace === holder.namespace)) return undefined;
  const guessed = [member, holder].find(isNamespaceGuessed);
  if (guessed !== undefined)
    return { because: `the namespace of ${guessed.kind} ${guessed.name} is not in the repository`, proven: false };
  if (from === 'Same') return { because: `takes ${what} of its own namespace only`, proven: true };
  const selector = readSelector(namespaces.get('selector'));
  if (from !== 'Selector' || selector === undefined)
    return { because: `selects the namespaces of its ${what}, and says none`, proven: true };
  return selectorRefusal(view, selector, member.namespace ?? 'default', what);
}

function selectorRefusal(view: PlatformView, selector: Selector, namespace: string, what: string): Refusal | undefined {
  const object = view.objects('Namespace').find(({ name }) => name === namespace);
  const keys = [...Object.keys(selector.matchLabels), ...selector.matchExpressions.map(({ key }) => key)];
  if (object === undefined && keys.some((key) => key !== NAME_LABEL))
    return { because: `the labels of namespace ${namespace} are not in the repository`, proven: false };
  return selects(selector, { ...object?.labels, [NAME_LABEL]: namespace })
    ? undefined
    : { because: `takes ${what} of the namespaces it selects, and ${namespace} is none of them`, proven: true };
}
