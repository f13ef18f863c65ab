import { carries, labelsOf, parse } from '../../promql/index.ts';
import { is, type AlertLabels, type LabelValue } from '../labels.ts';

/** What the expression of an alert says of its labels: which it always, never or perhaps has, and values that selectors fix. */
export interface Yielded {
  readonly labels: AlertLabels;
  /** It gives a result whatever is measured, as `vector(1)` does: the alert fires for ever. */
  readonly constant: boolean;
}

export function yieldedBy(expr: string): Yielded {
  const parsed = parse(expr);
  if (!parsed.ok) return { labels: { known: {}, others: 'anything' }, constant: false };
  const found = labelsOf(parsed.expr);
  const names = [
    ...found.certain,
    ...found.lacking,
    ...found.fixed.keys(),
    ...(found.possible === 'any' ? [] : found.possible),
  ];
  const known = names.map((name): [string, LabelValue] => {
    const fixed = found.fixed.get(name);
    const carried = carries(found, name);
    if (carried === 'never') return [name, is('')];
    if (carried === 'always' && fixed !== undefined) return [name, is(fixed)];
    return [name, { kind: 'any', mayBeMissing: carried === 'maybe' }];
  });
  return {
    labels: { known: Object.fromEntries(known), others: found.possible === 'any' ? 'anything' : 'missing' },
    constant: parsed.expr.kind === 'call' && parsed.expr.fn === 'vector',
  };
}
