import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundsOf } from './bounds.ts';
import { evaluate, type Sample } from './evaluate.ts';
import { carries, labelsOf, parse, truthOf, type Expr } from './index.ts';

const labels = fc.subarray(['a', 'b', 'c']).map((all) => `(${all.join(',')})`);
const matcher = fc
  .tuple(
    fc.constantFrom('a', 'b'),
    fc.constantFrom('=', '!=', '=~', '!~'),
    fc.constantFrom('1', '2', '1|2', '', '.+', '1.*'),
  )
  .map(([label, op, value]) => `${label}${op}"${op.includes('~') ? value : value.replace(/[|.].*/, '')}"`);
const selector = fc
  .tuple(fc.constantFrom('up', 'x_total', 'g'), fc.array(matcher, { maxLength: 2 }))
  .map(([name, all]) => `${name}{${all.join(',')}}`);
const compared = fc.constantFrom('==', '!=', '>', '<', '>=', '<=');
const number = fc.constantFrom('0', '1', '2', '-1', '0.5', '3');
const joined = fc.oneof(
  fc.constant(''),
  fc.tuple(fc.constantFrom('on', 'ignoring'), labels).map((parts) => parts.join(' ')),
);

const { expr: texts } = fc.letrec<{ expr: string }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    selector,
    number.map((value) => `vector(${value})`),
    fc.tuple(fc.constantFrom('abs', 'absent'), tie('expr')).map(([fn, inner]) => `${fn}(${inner})`),
    fc
      .tuple(
        fc.constantFrom('sum', 'avg', 'min', 'max', 'count', 'group'),
        fc.constantFrom('by', 'without'),
        labels,
        tie('expr'),
      )
      .map(([op, mode, by, inner]) => `${op} ${mode} ${by} (${inner})`),
    fc
      .tuple(tie('expr'), compared, fc.constantFrom('', ' bool'), number)
      .map(([a, op, bool, b]) => `(${a} ${op}${bool} ${b})`),
    fc
      .tuple(tie('expr'), fc.constantFrom('+', '-', '*', '/', '%', '^'), number)
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(number, fc.constantFrom('-', '/'), tie('expr')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc
      .tuple(tie('expr'), fc.constantFrom('and', 'or', 'unless'), joined, tie('expr'))
      .map((parts) => `(${parts.join(' ')})`),
    fc
      .tuple(tie('expr'), fc.oneof(compared, fc.constantFrom('+', '-', '*', '/')), joined, tie('expr'))
      .map((parts) => `(${parts.join(' ')})`),
    fc
      .tuple(tie('expr'), fc.constantFrom('*', '>'), tie('expr'))
      .map(([a, op, b]) => `(${a} ${op} on (a) group_left (b) ${b})`),
    fc.tuple(tie('expr'), tie('expr')).map(([a, b]) => `sum(${a}) / sum(${b})`),
    tie('expr').map((inner) => `(vector(1) > scalar(${inner}))`),
  ),
}));

const value = {
  up: fc.constantFrom(0, 1),
  x_total: fc.constantFrom(0, 1, 2.5, 7, Infinity),
  g: fc.constantFrom(-3, 0, 0.5, 2, NaN, -Infinity),
};
const series = fc.constantFrom('up' as const, 'x_total' as const, 'g' as const).chain((name) =>
  fc
    .record({
      a: fc.constantFrom('', '1', '2', '12'),
      b: fc.constantFrom('', '1', '2'),
      c: fc.constantFrom('', '9'),
      value: value[name],
    })
    .map((each): Sample => {
      const named = Object.entries({ a: each.a, b: each.b, c: each.c }).filter(([, text]) => text !== '');
      return { labels: { __name__: name, ...Object.fromEntries(named) }, value: each.value };
    }),
);
const data = fc.uniqueArray(series, { maxLength: 12, selector: ({ labels: own }) => JSON.stringify(own) });

function expression(text: string): Expr | undefined {
  const parsed = parse(text);
  return parsed.ok ? parsed.expr : undefined;
}

/** What of a result contradicts what was said of its expression. */
function contradictions(expr: Expr, { labels: own, value: found }: Sample): string[] {
  const said = labelsOf(expr);
  const { lo, hi, nan, whole } = boundsOf(expr);
  const wrong: string[] = [];
  if (truthOf(expr).verdict === 'never') wrong.push('it has a result');
  if (Number.isNaN(found) ? !nan : found < lo || found > hi) wrong.push(`${found} is outside of ${lo} to ${hi}`);
  if (whole === true && !Number.isNaN(found) && Number.isFinite(found) && !Number.isInteger(found))
    wrong.push(`${found} is not whole`);
  for (const label of ['a', 'b', 'c']) {
    const contrary = own[label] === undefined ? 'always' : 'never';
    if (carries(said, label) === contrary) wrong.push(`label ${label} was said to be there ${contrary}`);
    if (said.fixed.has(label) && own[label] !== said.fixed.get(label)) wrong.push(`label ${label} is ${own[label]}`);
  }
  return wrong;
}

describe('beside an evaluator', () => {
  it('what never fires has no result, values stay within their bounds, and labels are as said', () => {
    let never = 0;
    let compared = 0;
    fc.assert(
      fc.property(texts, fc.array(data, { minLength: 3, maxLength: 6 }), (text, sets) => {
        const expr = expression(text);
        if (expr === undefined) return;
        if (truthOf(expr).verdict === 'never') never += 1;
        const results = sets.flatMap((set) => evaluate(expr, set) ?? []);
        compared += results.length;
        expect(results.flatMap((sample) => contradictions(expr, sample))).toEqual([]);
      }),
      { numRuns: 20_000, seed: 5 },
    );
    expect(never).toBeGreaterThan(1000);
    expect(compared).toBeGreaterThan(20_000);
  });
});
