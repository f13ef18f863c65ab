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
}

/** The scope with further names, as `for` and `dynamic` bind them. */
export function bind(scope: Scope, names: Readonly<Record<string, Operand>>): Scope {
  return {
    budget: scope.budget,
    root: (name) => (Object.hasOwn(names, name) ? names[name] : scope.root(name)),
    step: (reference, key) => scope.step(reference, key),
  };
}
