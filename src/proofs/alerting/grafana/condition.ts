import { formatDuration } from '../../../model/duration.ts';
import { Cursor, isMapping } from '../../../model/cursor.ts';
import { boundsOf, parse } from '../promql/index.ts';
import { listOf, text, within } from '../lenient.ts';

/** What an alert of Grafana asks, as PromQL; or why it cannot be said in PromQL. */
export type Condition =
  | {
      readonly expr: string;
      readonly queries: readonly string[];
      /** Whose labels its alerts have: those of its one query, none, or what Grafana joins of several. */
      readonly labelled: 'by-query' | 'not' | 'by-several';
    }
  | { readonly because: string };

/** A query or an expression of a rule, by its `refId`. */
interface Step {
  readonly model: Cursor;
  /** Seconds that its range goes back. */
  readonly back: number;
  readonly source: string;
}

type Value = {
  readonly expr: string;
  /** Several samples a series, over so many seconds. */
  readonly over?: number;
  /** Compared already: what is left of it makes the alert fire, whatever its value. */
  readonly filtered?: true;
};

const PROMETHEUS = /prometheus|victoriametrics-metrics/;

class Unsaid extends Error {}

/** The type of a data source by its uid, where something sets it up. */
export type TypeOf = (uid: string) => string | undefined;

/** Grafana's server-side expressions (`pkg/expr`: threshold, reduce, math, classic conditions) over queries of Prometheus. */
export function conditionOf(rule: Cursor, typeOf: TypeOf): Condition {
  const steps = stepsOf(rule);
  const queries: string[] = [];
  let isClassic = false;
  try {
    const value = valueOf(text(rule.get('condition')) ?? '', 0);
    // A sample fires where it is not 0.
    const expr = value.filtered === true || isAboveZero(value.expr) ? value.expr : `(${value.expr}) != 0`;
    const parsed = parse(expr);
    const labelled = isClassic ? 'not' : queries.length === 1 ? 'by-query' : 'by-several';
    return parsed.ok ? { expr, queries, labelled } : { because: `its condition is no PromQL: ${parsed.error.message}` };
  } catch (error) {
    if (error instanceof Unsaid) return { because: error.message };
    throw error;
  }

  function valueOf(refId: string, depth: number): Value {
    const step = steps.get(refId);
    if (step === undefined || depth > steps.size) throw new Unsaid(`it has no query or expression ${refId}`);
    const { model } = step;
    if (!/^(?:__expr__|-100)$/.test(step.source)) return queryOf(step);
    const below = (of: string): Value => valueOf(of, depth + 1);
    switch (text(model.get('type'))) {
      case 'threshold':
        return compared(one(below(refIn(model))), listOf(model.get('conditions'))[0]?.get('evaluator'));
      case 'reduce':
        return { expr: reduced(below(refIn(model)), text(model.get('reducer')) ?? 'last') };
      case 'math':
        return math(text(model.get('expression')) ?? '', (of) => one(below(of)));
      case 'classic_conditions':
        isClassic = true;
        return classic(listOf(model.get('conditions')), below);
      default:
        throw new Unsaid(`its expression ${refId} is of type ${text(model.get('type')) ?? 'none'}`);
    }
  }

  function queryOf({ model, back, source }: Step): Value {
    const query = text(model.get('expr'));
    const type = text(within(model, 'datasource', 'type')) ?? typeOf(source);
    if (query === undefined || (type !== undefined && !PROMETHEUS.test(type)))
      throw new Unsaid(`it asks ${type ?? `the data source ${source}`}`);
    const plain = query.replaceAll(/\$\{?__(?:rate_)?interval\}?/g, '1m').replaceAll(/\$\{?__range\}?/g, `${back}s`);
    if (!parse(plain).ok) throw new Unsaid(`its query is no PromQL: ${query}`);
    queries.push(plain);
    const isRange = model.get('instant').value !== true && model.get('range').value !== false;
    return { expr: plain, ...(isRange && back > 0 && { over: back }) };
  }
}

function stepsOf(rule: Cursor): ReadonlyMap<string, Step> {
  return new Map(
    listOf(rule.get('data')).map((each): [string, Step] => {
      const model = isMapping(each.get('model').value) ? each.get('model') : new Cursor({}, each.origin);
      const from = within(each, 'relativeTimeRange', 'from').value;
      const back = typeof from === 'number' ? from : 0;
      return [text(each.get('refId')) ?? '', { model, back, source: text(each.get('datasourceUid')) ?? '' }];
    }),
  );
}

/** `A`, `$A` and `${A}` name the same. */
function refIn(model: Cursor): string {
  return (text(model.get('expression')) ?? '').replaceAll(/[${}\s]/g, '');
}

function one({ expr, over }: Value): string {
  if (over !== undefined) throw new Unsaid('it compares a range of samples that nothing reduces to one');
  return expr;
}

const OVER_TIME: Readonly<Record<string, string>> = {
  mean: 'avg_over_time',
  avg: 'avg_over_time',
  min: 'min_over_time',
  max: 'max_over_time',
  sum: 'sum_over_time',
  count: 'count_over_time',
  last: 'last_over_time',
};

function reduced({ expr, over }: Value, reducer: string): string {
  const fn = OVER_TIME[reducer];
  if (fn === undefined) throw new Unsaid(`it reduces by ${reducer}`);
  if (over !== undefined && fn !== 'last_over_time') return `${fn}((${expr})[${formatDuration(over)}:])`;
  return fn === 'count_over_time' ? `(${expr}) * 0 + 1` : expr;
}

const OPERATORS: Readonly<Record<string, string>> = { gt: '>', lt: '<', gte: '>=', lte: '<=', eq: '==', ne: '!=' };

function compared(expr: string, evaluator: Cursor | undefined): Value {
  const type = (evaluator === undefined ? undefined : text(within(evaluator, 'type'))) ?? 'none';
  const [low, high] = evaluator === undefined ? [] : numbersOf(within(evaluator, 'params'));
  const op = OPERATORS[type];
  if (op === '>' && low === 0 && isAboveZero(expr)) return { expr, filtered: true };
  if (op !== undefined && low !== undefined) return { expr: `(${expr}) ${op} ${low}`, filtered: true };
  if (low !== undefined && high !== undefined) {
    if (type === 'within_range') return { expr: `(${expr}) > ${low} < ${high}`, filtered: true };
    if (type === 'outside_range') return { expr: `(${expr}) < ${low} or (${expr}) > ${high}`, filtered: true };
  }
  throw new Unsaid(`it compares by ${type}`);
}

/** A query that compares by itself leaves nothing else: `errors / total > 0.01` is above 0 wherever it is. */
function isAboveZero(expr: string): boolean {
  const parsed = parse(expr);
  if (!parsed.ok) return false;
  const { lo, nan } = boundsOf(parsed.expr);
  return lo > 0 && !nan;
}

function numbersOf(at: Cursor): number[] {
  return Array.isArray(at.value) ? at.value.filter((each): each is number => typeof each === 'number') : [];
}

/** Whether one vector is compared, or several comparisons are joined; sums of comparisons have no like in PromQL. */
function math(formula: string, operand: (refId: string) => string): Value {
  const expr = formula
    .replaceAll(/\$\{(\w+)\}|\$(\w+)/g, (_, braced: string | undefined, plain: string | undefined) => {
      return `(${operand(braced ?? plain ?? '')})`;
    })
    .replaceAll('&&', ' and ')
    .replaceAll('||', ' or ');
  const parsed = parse(expr);
  if (!parsed.ok) throw new Unsaid(`its formula ${formula} has no like in PromQL`);
  const top = parsed.expr.kind === 'paren' ? parsed.expr.expr : parsed.expr;
  const joins = top.kind === 'binary' && /^(?:and|or|[<>]=?|[=!]=)$/.test(top.op);
  if (!joins && /[<>]|[=!]=/.test(formula)) throw new Unsaid(`its formula ${formula} reckons with comparisons`);
  return { expr, ...(joins && { filtered: true as const }) };
}

/** Any series that satisfies a condition satisfies it for the whole rule. */
function classic(conditions: readonly Cursor[], below: (refId: string) => Value): Value {
  const parts = conditions.map((condition) => {
    const of = listOf(within(condition, 'query', 'params'))[0];
    const value = below((of === undefined ? undefined : text(of)) ?? '');
    const { expr } = compared(
      reduced(value, text(within(condition, 'reducer', 'type')) ?? 'last'),
      condition.get('evaluator'),
    );
    return { expr, op: text(within(condition, 'operator', 'type')) === 'or' ? 'or' : 'and on ()' };
  });
  const [first, ...others] = parts;
  if (first === undefined) throw new Unsaid('it has no condition');
  return { expr: others.reduce((left, { op, expr }) => `(${left}) ${op} (${expr})`, first.expr), filtered: true };
}
