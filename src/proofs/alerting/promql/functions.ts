import type { ValueType } from './ast.ts';

/** What a function takes and gives back. */
export interface Signature {
  readonly args: readonly ValueType[];
  /** How many of the last arguments may be left out; `Infinity`: the last may be repeated, or left out. */
  readonly optional: number;
  readonly returns: 'scalar' | 'vector';
}

const TYPES = { v: 'vector', m: 'matrix', s: 'scalar', t: 'string' } as const;

/**
 * Arguments by letter (v: instant vector, m: range vector, s: scalar, t: string), `?` before those that may be left out, `*` after one
 * that repeats; functions that return a scalar stand apart. From prometheus `promql/parser/functions.go`, and of old releases
 * `holt_winters`.
 */
const RETURN_VECTOR: Readonly<Record<string, string>> = {
  v: 'abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg histogram_count histogram_stddev histogram_stdvar histogram_sum ln log10 log2 rad sgn sin sinh sort sort_desc sqrt start_timestamp tan tanh timestamp',
  m: 'absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate last_over_time mad_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time stdvar_over_time sum_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time',
  '?v': 'day_of_month day_of_week day_of_year days_in_month hour minute month year',
  s: 'vector',
  vs: 'clamp_max clamp_min',
  vss: 'clamp',
  'v?s': 'round',
  sv: 'histogram_quantile',
  ssv: 'histogram_fraction',
  'vts*': 'histogram_quantiles',
  sm: 'quantile_over_time',
  ms: 'predict_linear',
  mss: 'double_exponential_smoothing holt_winters',
  vtttt: 'label_replace',
  'vttt*': 'label_join',
  'vt*': 'sort_by_label sort_by_label_desc',
  'v?v': 'info',
};
const RETURN_SCALAR: Readonly<Record<string, string>> = { '': 'pi time start end step range', v: 'scalar' };

/** Every function of Prometheus that the grammar knows. */
export const FUNCTIONS: ReadonlyMap<string, Signature> = new Map([
  ...signatures(RETURN_VECTOR, 'vector'),
  ...signatures(RETURN_SCALAR, 'scalar'),
]);

function signatures(table: Readonly<Record<string, string>>, returns: Signature['returns']): [string, Signature][] {
  return Object.entries(table).flatMap(([form, names]) =>
    names.split(' ').map((name): [string, Signature] => [name, signature(form, returns)]),
  );
}

function signature(form: string, returns: Signature['returns']): Signature {
  const letters = form.replaceAll(/[?*]/g, '');
  const mark = form.indexOf('?');
  const optional = form.endsWith('*') ? Infinity : mark === -1 ? 0 : letters.length - mark;
  return { args: [...letters].map((letter) => TYPES[letter as keyof typeof TYPES]), optional, returns };
}

/** Aggregations that take something before the vector, and of which type. */
export const AGGREGATION_PARAMS: Readonly<Record<string, ValueType>> = {
  topk: 'scalar',
  bottomk: 'scalar',
  quantile: 'scalar',
  limitk: 'scalar',
  limit_ratio: 'scalar',
  count_values: 'string',
};

export const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '>', '<', '>=', '<=']);
export const SET_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

/** Binary operators, weakest first (`promql/parser/generated_parser.y`). */
const LEVELS: readonly (readonly string[])[] = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '>', '<', '>=', '<=', '</', '>/'],
  ['+', '-'],
  ['*', '/', '%', 'atan2'],
  ['^'],
];
const LEVEL_OF: ReadonlyMap<string, number> = new Map(
  LEVELS.flatMap((operators, level) => operators.map((operator): [string, number] => [operator, level])),
);

/** The level of a sign: it binds as `*` does. */
export const SIGN = 4;
/** The level of `^`, which alone binds from the right. */
export const POWER = 5;

/** How tightly a binary operator binds; more is tighter. */
export function levelOf(operator: string): number {
  return LEVEL_OF.get(operator) ?? -1;
}
