import type { RuleOptions } from './alerts.ts';
import { rulesOf } from './generate.ts';
import type { Refusal, RuleGroup, Slo } from './types.ts';

/** The rules of several SLOs in one file, as they lie side by side where they are loaded. */
export function generateRules(
  slos: readonly Slo[],
  options: RuleOptions,
): { readonly groups: readonly RuleGroup[]; readonly refused: readonly Refusal[] } {
  const all = slos.map((slo) => rulesOf(slo, options));
  return {
    groups: all.flatMap((one) => ('because' in one ? [] : one.groups)),
    refused: all.filter((one): one is Refusal => 'because' in one),
  };
}
