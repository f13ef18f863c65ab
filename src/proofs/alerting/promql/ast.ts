/** Offsets into the text that was parsed, in UTF-16 code units, end exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A variable of Grafana, Argo or Flagger that stands in an expression. */
export interface Variable extends Span {
  /** As written, less its marks: `namespace`, `__rate_interval`, `args.service`. */
  readonly name: string;
}

export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** One label matcher of a selector. The metric's name is never among them: see {@link Selector.name}. */
export interface Matcher extends Span {
  readonly label: string;
  readonly op: MatchOperator;
  readonly value: string;
  /** A variable stands in label or value: what it compares is not known. */
  readonly templated: boolean;
}

/** A span of time in seconds; `undefined` where a variable or a function of the query's own step decides. */
export interface TimeSpan extends Span {
  readonly text: string;
  readonly seconds?: number;
}

export interface Placement {
  readonly offset?: TimeSpan;
  /** `@ 1609746000`, `@ start()`, `@ end()`, as written. */
  readonly at?: string;
  readonly extension?: 'anchored' | 'smoothed';
}

/** `name{matchers}[range]`. With `range` it is a range vector, otherwise an instant vector. */
export interface Selector extends Span, Placement {
  readonly kind: 'selector';
  /** Absent for `{job="x"}` and where matchers of `__name__` stand in its place. */
  readonly name?: string;
  /** A variable stands in the name. */
  readonly templatedName: boolean;
  readonly matchers: readonly Matcher[];
  /** A variable stands where matchers do: further ones may be added. */
  readonly open: boolean;
  readonly range?: TimeSpan;
}

/** `expr[range:step]`. */
export interface Subquery extends Span, Placement {
  readonly kind: 'subquery';
  readonly expr: Expr;
  readonly range: TimeSpan;
  readonly step?: TimeSpan;
}

export interface Call extends Span {
  readonly kind: 'call';
  /** Empty where a variable decides. */
  readonly fn: string;
  readonly args: readonly Expr[];
}

export interface Aggregation extends Span {
  readonly kind: 'aggregation';
  /** Empty where a variable decides. */
  readonly op: string;
  readonly grouping?: {
    readonly mode: 'by' | 'without';
    readonly labels: readonly string[];
    readonly templated: boolean;
  };
  /** The first argument of `topk`, `bottomk`, `quantile`, `count_values`, `limitk`, `limit_ratio`. */
  readonly param?: Expr;
  readonly arg: Expr;
}

export interface Matching {
  readonly mode: 'on' | 'ignoring';
  readonly labels: readonly string[];
  readonly templated: boolean;
  readonly group?: { readonly side: 'left' | 'right'; readonly labels: readonly string[] };
}

export interface Binary extends Span {
  readonly kind: 'binary';
  readonly op: string;
  readonly lhs: Expr;
  readonly rhs: Expr;
  readonly bool: boolean;
  readonly matching?: Matching;
  /** `fill(0)` and its kin, as written. */
  readonly fill?: string;
}

export interface Unary extends Span {
  readonly kind: 'unary';
  readonly op: '+' | '-';
  readonly expr: Expr;
}

export interface Paren extends Span {
  readonly kind: 'paren';
  readonly expr: Expr;
}

export interface NumberLiteral extends Span {
  readonly kind: 'number';
  readonly value: number;
}

export interface StringLiteral extends Span {
  readonly kind: 'string';
  readonly value: string;
  readonly templated: boolean;
}

/** A whole operand that a variable stands for: a number, a name or an expression. */
export interface Placeholder extends Span {
  readonly kind: 'placeholder';
  readonly name: string;
}

/** A PromQL expression. Parentheses are kept, so that positions and the author's grouping are. */
export type Expr =
  | Selector
  | Subquery
  | Call
  | Aggregation
  | Binary
  | Unary
  | Paren
  | NumberLiteral
  | StringLiteral
  | Placeholder;

/** What an expression evaluates to; `unknown` where a variable decides. */
export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string' | 'unknown';
