import type { Cursor } from '../../model/cursor.ts';
import { readSelector, selects } from '../../model/selector.ts';
import { parameterOf, type Params } from './interpolate.ts';

/**
 * Whether the selector behind a generator takes a set of parameters, which it reads like labels.
 * https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators-Post-Selector/
 */
export function takesParams(at: Cursor, params: Params): boolean {
  const selector = readSelector(at);
  if (selector === undefined) return true;
  const keys = [...Object.keys(selector.matchLabels), ...selector.matchExpressions.map(({ key }) => key)];
  const labels = keys.flatMap((key) => {
    const value = parameterOf(`{{${key}}}`, params);
    return ['string', 'number', 'boolean'].includes(typeof value) ? [[key, String(value)] as const] : [];
  });
  return selects(selector, Object.fromEntries(labels));
}
