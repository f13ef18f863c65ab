/** The policy tree that grafana-operator puts together of a GrafanaNotificationPolicy and the GrafanaNotificationPolicyRoutes that it selects. */
import { Cursor, isMapping } from '../../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../../model/kube.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import { readSelector, selects } from '../../../../model/selector.ts';

interface Assembled {
  readonly route: Cursor;
  /** What of it cannot be told. */
  readonly because?: string;
  /** Why the operator does not apply it. */
  readonly refused?: string;
}

/** Routes that select others may be put in many places. */
const MOST_PLACES = 5000;

/**
 * `routeSelector` gives way to the routes that have its `matchLabels`, in the namespace of the policy unless it takes from all; the object of
 * one is not put below itself. Source: grafana-operator `controllers/notificationpolicy_controller.go`, `assembleNotificationPolicyRoutes`.
 */
export function policyOfOperator(view: PlatformView, object: KubeObject): Assembled {
  const spec = cursor(object).get('spec');
  const everywhere = spec.get('allowCrossNamespaceImport').value === true;
  const routes = view
    .objects('GrafanaNotificationPolicyRoute.grafana.integreatly.org')
    .filter(({ namespace }) => everywhere || (namespace ?? 'default') === (object.namespace ?? 'default'));
  const root = spec.get('route');
  let because: string | undefined;
  let refused: string | undefined;
  let places = 0;
  const assembled = assemble(root, []);
  return {
    route: new Cursor(assembled, root.origin),
    ...(because !== undefined && { because }),
    ...(refused !== undefined && { refused }),
  };

  function assemble(at: Cursor, above: readonly string[]): unknown {
    if (!isMapping(at.value)) return at.value;
    if (at.get('matchers').items().length > 0)
      because ??=
        'it has `matchers`, which Grafana reads as texts and the operator sends as objects: `object_matchers` are told for certain';
    const selector = readSelector(at.get('routeSelector'));
    const inline = at.get('routes').items();
    if (selector !== undefined && inline.length > 0)
      refused ??= 'the operator applies none that has both routes and a routeSelector';
    const below = selector === undefined ? inline.map((route) => assemble(route, above)) : selected(selector, above);
    return { ...at.value, matchers: undefined, routes: below };
  }

  function selected(selector: ReturnType<typeof readSelector> & object, above: readonly string[]): unknown[] {
    const matching = routes.filter(({ labels }) => selects({ ...selector, matchExpressions: [] }, labels));
    return matching.flatMap((one) => {
      const key = `${one.namespace ?? 'default'}/${one.name}`;
      places += 1;
      if (above.includes(key))
        refused ??= `GrafanaNotificationPolicyRoute ${key} selects itself, and the operator applies no loop`;
      if (places > MOST_PLACES) because ??= `its routes select each other in more than ${MOST_PLACES} places`;
      if (refused !== undefined || places > MOST_PLACES) return [];
      return [assemble(cursor(one).get('spec'), [...above, key])];
    });
  }
}
