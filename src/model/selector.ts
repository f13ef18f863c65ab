import type { Cursor } from './cursor.ts';

/** A Kubernetes label selector, parsed. Empty selects everything of its scope. */
export interface Selector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly SelectorExpression[];
}

export interface SelectorExpression {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** Reads a LabelSelector; `undefined` when it is absent (which most kinds treat as "selects nothing", some as "all"). */
export function readSelector(at: Cursor): Selector | undefined {
  if (!at.exists) return undefined;
  return {
    matchLabels: at.get('matchLabels').stringMap(),
    matchExpressions: at
      .get('matchExpressions')
      .items()
      .map((item) => ({
        key: item.get('key').string() ?? '',
        operator: item.get('operator').string() ?? '',
        values: item.get('values').strings(),
      })),
  };
}

/**
 * Whether labels satisfy the selector, as apimachinery does: NotIn and DoesNotExist also match where the key is missing.
 * An unknown operator selects nothing. Those with a space, and `contains`, are of Calico's selectors.
 */
export function selects(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  for (const key in selector.matchLabels) if (labels[key] !== selector.matchLabels[key]) return false;
  return selector.matchExpressions.every((expression) => satisfies(expression, labels[expression.key]));
}

function satisfies({ operator, values, values: [text = ''] }: SelectorExpression, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'contains':
      return value?.includes(text) === true;
    case 'not contains':
      return value?.includes(text) !== true;
    case 'starts with':
      return value?.startsWith(text) === true;
    case 'not starts with':
      return value?.startsWith(text) !== true;
    case 'ends with':
      return value?.endsWith(text) === true;
    case 'not ends with':
      return value?.endsWith(text) !== true;
    default:
      return false;
  }
}
