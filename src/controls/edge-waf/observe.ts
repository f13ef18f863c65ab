/** The numbers of one judgement, and what they are held against. */
import type { Measured } from '../../model/drill/drill.ts';
import { CLAIMS, type Level } from './corpus/claims.ts';
import { CALLS } from './corpus/benign.ts';
import type { Held } from './held.ts';
import { byClass, byRule, classesBelow, rateOf, type Judged } from './tally.ts';

type Observe = (one: Measured) => void;

export interface Bounds {
  readonly wanted: Held;
  /** Largest share of an API's calls that may be taken for attacks, 0 to 1. */
  readonly threshold: number;
}

export function observeOwn(observe: Observe, judged: readonly Judged[], { wanted, threshold }: Bounds): void {
  const [bad, good] = split(judged);
  const claimed = bad.filter(({ request }) => wanted.classes.includes(request.class));
  const others = bad.filter((one) => !claimed.includes(one));
  const unseen = classesBelow(claimed, Number.MIN_VALUE);
  const below = classesBelow(claimed, wanted.share);
  observe({
    name: 'attacks that were noted',
    value: percent(claimed),
    unit: '%',
    atLeast: 100 * wanted.share,
    detail: byClass(claimed),
  });
  observe({
    name: 'claimed classes of attacks of which nothing was noted',
    value: unseen.length,
    unit: 'classes',
    is: 0,
    ...(unseen.length === 0 ? {} : { detail: unseen.map(withGrounds).join('; ') }),
  });
  observe({
    name: `claimed classes of attacks of which less than ${percentOf(wanted.share)} was noted`,
    value: below.length,
    unit: 'classes',
    ...(below.length === 0 ? {} : { detail: byClass(claimed.filter(({ request }) => below.includes(request.class))) }),
  });
  if (others.length > 0)
    observe({
      name: 'attacks that were noted of classes that the rule set does not claim',
      value: percent(others),
      unit: '%',
      detail: byClass(others),
    });
  observe({ name: 'attacks of all classes that were noted', value: percent(bad), unit: '%' });
  const calls = good.filter(({ request }) => request.class === CALLS);
  const people = good.filter(({ request }) => request.class !== CALLS);
  observe({
    name: 'calls of an API that were taken for attacks',
    value: percent(calls),
    unit: '%',
    atMost: 100 * threshold,
    detail: byRule(calls),
  });
  observe({
    name: 'words of people that were taken for attacks',
    value: percent(people),
    unit: '%',
    detail: byRule(people),
  });
}

/** What a corpus of others wants depends on levels and versions that are not this platform's: numbers, held against nothing. */
export function observeGiven(observe: Observe, judged: readonly Judged[]): void {
  const [bad, good] = split(judged);
  if (bad.length > 0)
    observe({
      name: 'attacks of the given corpus that were noted',
      value: percent(bad),
      unit: '%',
      detail: byClass(bad),
    });
  if (good.length > 0)
    observe({
      name: 'requests of the given corpus that were taken for attacks',
      value: percent(good),
      unit: '%',
      detail: byRule(good),
    });
}

/** At a level that is not the declared one. */
export function observeOther(observe: Observe, judged: readonly Judged[], level: Level, demanded: number): void {
  const [bad, good] = split(judged);
  observe({
    name: `attacks of all classes that were noted at level ${level}`,
    value: percent(bad),
    unit: '%',
    detail: `${byClass(bad)}; ${percentOf(demanded)} of what the rule set claims would be asked for there`,
  });
  observe({
    name: `ordinary requests that were taken for attacks at level ${level}`,
    value: percent(good),
    unit: '%',
    detail: byRule(good),
  });
}

function split(judged: readonly Judged[]): [bad: Judged[], good: Judged[]] {
  return [judged.filter(({ request }) => request.want.attack), judged.filter(({ request }) => !request.want.attack)];
}

function percent(judged: readonly Judged[]): number {
  return 100 * rateOf(judged);
}

function percentOf(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function withGrounds(name: string): string {
  return `${name}, which is claimed by ${CLAIMS[name]?.grounds ?? 'the platform'}`;
}
