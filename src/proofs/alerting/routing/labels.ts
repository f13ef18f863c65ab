import type { Matcher, Patterns } from './matcher.ts';
import type { SymbolicLabels } from './explore.ts';
import { candidatesOf, Domain, type Candidates } from './values.ts';

/** What is known of the value of a label. The empty value is a label that is missing. */
export type LabelValue =
  | { readonly kind: 'is'; readonly value: string }
  | { readonly kind: 'any'; readonly mayBeMissing: boolean };

/** The labels of an alert as it arrives at Alertmanager. */
export interface AlertLabels {
  readonly known: Readonly<Record<string, LabelValue>>;
  /** Labels that are not listed: missing, or anything. */
  readonly others: 'missing' | 'anything';
}

export const ANYTHING: LabelValue = { kind: 'any', mayBeMissing: true };

export function is(value: string): LabelValue {
  return { kind: 'is', value };
}

export function labelOf({ known, others }: AlertLabels, name: string): LabelValue {
  if (Object.hasOwn(known, name)) return known[name] ?? ANYTHING;
  return others === 'missing' ? is('') : ANYTHING;
}

/** The values that stand for all that the matchers of a configuration can tell apart, worked out once for each label. */
export class ValueSpace {
  readonly #matchers: ReadonlyMap<string, readonly Matcher[]>;
  readonly #patterns: Patterns;
  readonly #known = new Map<string, Domain>();

  constructor(matchers: readonly Matcher[], patterns: Patterns) {
    this.#matchers = Map.groupBy(matchers, ({ name }) => name);
    this.#patterns = patterns;
  }

  /** The labels of one alert, or of every alert there can be. */
  of(labels: AlertLabels): SymbolicLabels {
    return { domainOf: (name) => this.domain(name, labelOf(labels, name)) };
  }

  /** Two alerts with the same key are the same to every matcher. */
  key(labels: AlertLabels): string {
    return JSON.stringify([...this.#matchers.keys()].map((name) => labelOf(labels, name)));
  }

  private domain(name: string, value: LabelValue): Domain {
    const key = `${name} ${value.kind === 'is' ? `=${value.value}` : value.mayBeMissing}`;
    const known = this.#known.get(key) ?? new Domain(this.values(name, value), this.#patterns);
    this.#known.set(key, known);
    return known;
  }

  private values(name: string, value: LabelValue): Candidates {
    if (value.kind === 'is') return [value.value];
    if (!value.mayBeMissing) return this.domain(name, ANYTHING).values.filter((one) => one !== '');
    return candidatesOf(this.#matchers.get(name) ?? [], this.#patterns);
  }
}

/** An alert of which nothing is known: what no alert at all can do, it cannot. */
export const EVERY_ALERT: AlertLabels = { known: {}, others: 'anything' };
