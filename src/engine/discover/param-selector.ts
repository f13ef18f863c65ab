import type { Cursor } from '../../model/cursor.ts';
import { parameterOf, type Params } from './interpolate.ts';

/**
 * Whether the selector behind a generator takes a set of parameters, which it reads like labels.
 * https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators-Post-Selector/
 */
export function selects(selector: Cursor, params: Params): boolean {
  const valueOf = (key: string): string | undefined => {
    const value = parameterOf(`{{${key}}}`, params);
    return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
  };
  const labels = Object.entries(selector.get('matchLabels').stringMap());
  return (
    labels.every(([key, wanted]) => valueOf(key) === wanted) &&
    selector
      .get('matchExpressions')
      .items()
      .every((expression) => holds(expression, valueOf(expression.get('key').string() ?? '')))
  );
}

function holds(expression: Cursor, value: string | undefined): boolean {
  const values = expression.get('values').strings();
  switch (expression.get('operator').string()) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}
