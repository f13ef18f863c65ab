import type { Matcher, Patterns } from './matcher.ts';
import type { SymbolicLabels } from './explore.ts';
import { candidatesOf, type Candidates } from './values.ts';

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
  readonly #known = new Map<string, Candidates>();

  constructor(matchers: readonly Matcher[], patterns: Patterns) {
    this.#matchers = Map.groupBy(matchers, ({ name }) => name);
    this.#patterns = patterns;
  }

  /** The labels of one alert, or of every alert there can be. */
  of(labels: AlertLabels): SymbolicLabels {
    return {
      candidatesOf: (name) => {
        const value = labelOf(labels, name);
        if (value.kind === 'is') return [value.value];
        const all = this.all(name);
        return value.mayBeMissing ? all : all.filter((one) => one !== '');
      },
    };
  }

  private all(name: string): Candidates {
    const known = this.#known.get(name) ?? candidatesOf(this.#matchers.get(name) ?? [], this.#patterns);
    this.#known.set(name, known);
    return known;
  }
}

/** An alert of which nothing is known: what no alert at all can do, it cannot. */
export const EVERY_ALERT: AlertLabels = { known: {}, others: 'anything' };
