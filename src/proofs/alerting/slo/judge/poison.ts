import type { Finding } from '../../../../model/result.ts';
import type { Expr } from '../../promql/index.ts';
import { walk } from '../../promql/walk.ts';
import { recordsOf, type Book, type ReadRule } from './book.ts';
import { readRatio, type Prefers } from './ratio.ts';

/**
 * Ratios that are NaN without traffic and are then averaged or summed over a longer time: one NaN makes all of it NaN. Where nothing averages
 * them NaN does no harm, because it is above no threshold.
 */
export function poisoned(records: readonly ReadRule[], book: Book, prefers: Prefers): Finding[] {
  return records.flatMap((record) => {
    const [taken] = averagedIn(record.ast);
    const [source] = taken === undefined ? [] : (recordsOf(book, taken) ?? []).filter(prefers);
    if (taken === undefined || source === undefined) return [];
    const reading = readRatio(source.ast, book, prefers);
    if ('reason' in reading || reading.nanSafe || !('counted' in reading.parts || reading.parts.form === 'fraction'))
      return [];
    const range = taken.range?.text ?? '';
    return [
      {
        message: `${source.name} is NaN while there is no traffic, and ${record.name} sums it up over ${range}: one gap makes it NaN for ${range}`,
        severity: 'medium' as const,
        origin: source.origin,
        counterExample: [
          { action: 'traffic stops for 20 minutes', state: `0/0: ${source.name} records NaN` },
          { action: 'traffic returns', state: `${source.name} is a number again` },
          { action: `until ${range} have passed`, state: `${record.name} is NaN, and so are budget and burn rate` },
        ],
        remediation: 'Divide by the total "> 0", which leaves the sample out.',
      },
    ];
  });
}

/** Selectors under a function that adds up samples over time. */
function averagedIn(expr: Expr): (Expr & { kind: 'selector' })[] {
  const found: (Expr & { kind: 'selector' })[] = [];
  walk(expr, (each) => {
    const [arg] = each.kind === 'call' && /^(?:sum|avg|stddev|stdvar)_over_time$/.test(each.fn) ? each.args : [];
    if (arg?.kind === 'selector') found.push(arg);
  });
  return found;
}
