import type { HclExpression } from '../../../model/hcl.ts';
import type { Origin } from '../../../model/origin.ts';
import type { Reference, Value } from './value.ts';

/** Names that are looked up one by one: all of `var`, the instances of a module. It is no value by itself. */
export class Namespace {
  readonly get: (key: string) => Operand;
  /** Its members, where `for` may go over them. */
  readonly members: (() => readonly (readonly [string | number, Operand])[]) | undefined;

  constructor(get: (key: string) => Operand, members?: () => readonly (readonly [string | number, Operand])[]) {
    this.get = get;
    this.members = members;
  }
}

export type Operand = Value | Namespace;

/** Bounds what one root may cost, so that a few lines cannot keep a check busy. */
export interface Budget {
  depth: number;
  /** Expressions evaluated so far. */
  steps: number;
}

/** Evaluations that may be under way at once, and in all. Recursion takes about three frames for each. */
export const LIMITS = { depth: 600, steps: 3_000_000 } as const;

/** Where the names of an expression lead. */
export interface Scope {
  readonly budget: Budget;
  /** What the first word of a reference stands for; `undefined` where it stands for nothing. */
  root(name: string): Operand | undefined;
  /** An attribute or element of something that only the provider knows, or that the configuration states. */
  step(reference: Reference, key: string | number): Value;
  /** Where a caller states the value that an expression only names, such as `var.rules[0].ports`; `undefined` where it is stated here. */
  stated(expression: HclExpression): Origin | undefined;
}

/** The scope with further names, as `for` and `dynamic` bind them; `from` is where a caller states what they hold. */
export function bind(scope: Scope, names: Readonly<Record<string, Operand>>, from?: Origin): Scope {
  const isOwn = (name: string): boolean => Object.hasOwn(names, name);
  return {
    budget: scope.budget,
    root: (name) => (isOwn(name) ? names[name] : scope.root(name)),
    step: (reference, key) => scope.step(reference, key),
    stated: (expression) => (isOwn(namedBy(expression)[0] ?? '') ? from : scope.stated(expression)),
  };
}

/** The first words of an expression that only names a value: `var` and `rules` of `var.rules[0].ports`. */
export function namedBy(expression: HclExpression): readonly string[] {
  let [inner, last]: [HclExpression, string | undefined] = [expression, undefined];
  while (inner.kind === 'attribute' || inner.kind === 'index') {
    last = inner.kind === 'attribute' ? inner.name : undefined;
    inner = inner.of;
  }
  if (inner.kind !== 'name') return [];
  return last === undefined ? [inner.name] : [inner.name, last];
}
