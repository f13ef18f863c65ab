/** What a WAF said of many requests, in numbers. Pure. */
import type { WafRequest } from '../../model/drill/edge-control.ts';

/** A request, and the rules that matched it. */
export interface Judged {
  readonly request: WafRequest;
  readonly rules: readonly string[];
}

/** Rules that sum up what others found, or count what went out: CRS 3 and 4. They say that, never what. */
const SUMS = /^(?:949|959|980)\d{3}$/;
/** The sum over the threshold: what would be refused. */
const REFUSED = /^949\d{3}$|^refused by the server$/;

/** Whether the WAF would refuse it, or, where certain rules are asked about, whether one of these matched. */
export function isNoted({ request, rules }: Judged): boolean {
  const asked = request.want.rules;
  return asked === undefined ? rules.some((rule) => REFUSED.test(rule)) : rules.some((rule) => asked.includes(rule));
}

/** Share of the requests that were noted, 0 to 1; NaN where there are none. */
export function rateOf(judged: readonly Judged[]): number {
  return judged.filter(isNoted).length / judged.length;
}

/** The rules behind what was noted, the busiest first: `942100 x 12`. */
export function byRule(judged: readonly Judged[], most = 5): string {
  const rules = judged.filter(isNoted).flatMap(({ rules }) => [...new Set(rules)].filter((rule) => !SUMS.test(rule)));
  const counted = [...Map.groupBy(rules, (rule) => rule)]
    .map(([rule, all]) => ({ rule, count: all.length }))
    .toSorted((one, other) => other.count - one.count || one.rule.localeCompare(other.rule));
  const words = counted.slice(0, most).map(({ rule, count }) => `${rule} x ${count}`);
  return words.length === 0 ? 'no rule' : words.join(', ');
}

export interface Summary {
  readonly classes: readonly { readonly name: string; readonly sent: number; readonly noted: number }[];
  /** What was missed, and what was taken for something it is not, by name. */
  readonly missed: readonly string[];
  readonly mistaken: readonly { readonly name: string; readonly rules: readonly string[] }[];
}

export function summary(judged: readonly Judged[]): Summary {
  return {
    classes: [...Map.groupBy(judged, ({ request }) => request.class)].map(([name, all]) => ({
      name,
      sent: all.length,
      noted: all.filter(isNoted).length,
    })),
    missed: judged.filter((one) => one.request.want.attack && !isNoted(one)).map(({ request }) => request.name),
    mistaken: judged
      .filter((one) => !one.request.want.attack && isNoted(one))
      .map(({ request, rules }) => ({ name: request.name, rules })),
  };
}

/** `SQL injection 52 of 54, scanner 9 of 10`. */
export function byClass(judged: readonly Judged[]): string {
  return summary(judged)
    .classes.map(({ name, noted, sent }) => `${name} ${noted} of ${sent}`)
    .join(', ');
}

/** Classes of which a smaller share than this was noted. */
export function classesBelow(judged: readonly Judged[], share: number): string[] {
  return summary(judged).classes.flatMap(({ name, noted, sent }) => (noted < share * sent ? [name] : []));
}
