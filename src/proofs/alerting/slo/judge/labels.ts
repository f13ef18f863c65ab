import type { Expr } from '../../promql/index.ts';
import type { Matching } from '../../promql/ast.ts';
import { bare } from '../../promql/walk.ts';
import { recordsOf, type Book } from './book.ts';

/** What is known of the labels of a result. */
export interface Labels {
  readonly known: ReadonlyMap<string, string>;
  /** Labels it may carry besides; `any`: there may be every other. */
  readonly further: ReadonlySet<string> | 'any';
}

const NONE: Labels = { known: new Map(), further: new Set() };

/** The labels that the samples of an expression carry, as far as rules tell. */
export function labelsOf(expr: Expr, book: Book, depth = 0): Labels {
  const inner = bare(expr);
  if (depth > 12) return { known: new Map(), further: 'any' };
  const of = (each: Expr): Labels => labelsOf(each, book, depth + 1);
  switch (inner.kind) {
    case 'number':
    case 'string':
      return NONE;
    case 'selector':
      return ofSelector(inner, book, depth);
    case 'aggregation':
      return grouped(of(inner.arg), inner.grouping);
    case 'call':
      return ofCall(inner, of);
    case 'binary':
      return ofBinary(inner, of);
    case 'unary':
    case 'subquery':
      return of(inner.expr);
    default:
      return { known: new Map(), further: 'any' };
  }
}

function ofSelector(selector: Expr & { kind: 'selector' }, book: Book, depth: number): Labels {
  const said = new Map(
    selector.matchers.filter(({ op, templated }) => op === '=' && !templated).map(({ label, value }) => [label, value]),
  );
  const records = recordsOf(book, selector) ?? [];
  const [rule, ...others] = records;
  if (rule === undefined || others.length > 0) return { known: said, further: 'any' };
  const { known, further } = labelsOf(rule.ast, book, depth + 1);
  return { known: new Map([...known, ...said, ...Object.entries(rule.labels)]), further };
}

function grouped({ known, further }: Labels, grouping: (Expr & { kind: 'aggregation' })['grouping']): Labels {
  if (grouping === undefined) return NONE;
  if (grouping.templated) return { known: new Map(), further: 'any' };
  const listed = new Set(grouping.labels);
  if (grouping.mode === 'without')
    return {
      known: new Map([...known].filter(([label]) => !listed.has(label))),
      further: further === 'any' ? 'any' : new Set([...further].filter((label) => !listed.has(label))),
    };
  const may = grouping.labels.filter((label) => !known.has(label) && (further === 'any' || further.has(label)));
  return { known: new Map([...known].filter(([label]) => listed.has(label))), further: new Set(may) };
}

function ofCall({ fn, args }: Expr & { kind: 'call' }, of: (each: Expr) => Labels): Labels {
  if (fn === 'vector' || fn === 'time') return NONE;
  if (/^label_|^absent/.test(fn)) return { known: new Map(), further: 'any' };
  const vector = args.find((arg) => !/^(?:number|string)$/.test(bare(arg).kind));
  return vector === undefined ? NONE : of(vector);
}

function ofBinary({ op, lhs, rhs, matching }: Expr & { kind: 'binary' }, of: (each: Expr) => Labels): Labels {
  const [left, right] = [of(lhs), of(rhs)];
  if (isScalar(lhs)) return right;
  if (isScalar(rhs) || op === 'and' || op === 'unless') return left;
  if (op === 'or') {
    const shared = [...left.known].filter(([label, value]) => right.known.get(label) === value);
    return { known: new Map(shared), further: 'any' };
  }
  if (matching === undefined) return left;
  if (matching.group !== undefined)
    return { known: matching.group.side === 'left' ? left.known : right.known, further: 'any' };
  return grouped(left, {
    mode: matching.mode === 'on' ? 'by' : 'without',
    labels: matching.labels,
    templated: matching.templated,
  });
}

function isScalar(expr: Expr): boolean {
  const inner = bare(expr);
  return inner.kind === 'number' || (inner.kind === 'call' && inner.fn === 'scalar');
}

/** A label that keeps the two sides of `and` from ever matching, or `undefined` where they may. */
export function obstacle(left: Labels, right: Labels, matching: Matching | undefined): string | undefined {
  if (matching?.templated === true) return undefined;
  const compared = (label: string): boolean => {
    if (matching === undefined) return true;
    return matching.labels.includes(label) === (matching.mode === 'on');
  };
  return [...new Set([...left.known.keys(), ...right.known.keys()])].filter(compared).find((label) => {
    const [a, b] = [valueOf(left, label), valueOf(right, label)];
    return a !== undefined && b !== undefined && a !== b;
  });
}

/** The value of a label, empty where it cannot be there; `undefined` where that is open. */
export function valueOf({ known, further }: Labels, label: string): string | undefined {
  return known.get(label) ?? (further === 'any' || further.has(label) ? undefined : '');
}
