import { absentAlert, burnAlerts, type RuleOptions } from './alerts.ts';
import { identity, selectorOf } from './labels.ts';
import { notesOf } from './notes.ts';
import { exact } from './numbers.ts';
import { ratioOf } from './ratio.ts';
import { metaRecords, sliRecords } from './records.ts';
import { tiersOf } from './tiers.ts';
import type { Refusal, RuleGroup, Slo, Tier } from './types.ts';

/** The rules of an SLO, with what they were worked out from. */
export interface SloRules {
  readonly slo: Slo;
  readonly tiers: readonly Tier[];
  readonly groups: readonly RuleGroup[];
  /** What a reader should know: lowered tiers, traffic below which one error pages. */
  readonly notes: readonly string[];
}

/** Recording rules under Sloth's names, burn-rate alerts and an alert for absent data; or why there are none. */
export function rulesOf(slo: Slo, options: RuleOptions): SloRules | Refusal {
  const refuse = (because: string, wrong = false): Refusal => ({
    slo: identity(slo),
    because,
    ...(wrong ? { wrong } : {}),
    ...(slo.origin === undefined ? {} : { origin: slo.origin }),
  });
  if (!(slo.objective > 0 && slo.objective < 100))
    return refuse(
      `an objective of ${slo.objective} leaves an error budget of ${exact(100 - slo.objective)} %: every factor times 0 is 0, and each error would page`,
      true,
    );
  const ratio = ratioOf(slo.sli, `slo:sli_slice:ratio{${selectorOf(slo)}}`);
  if ('reason' in ratio) return refuse(ratio.reason);
  const tiers = tiersOf(slo.objective, slo.period, slo.windows);
  if (tiers.length === 0) return refuse(`no window fits into a period of ${slo.period} s`);
  const id = identity(slo);
  return {
    slo,
    tiers,
    groups: [
      { name: `slo-sli-recordings-${id}`, rules: sliRecords(slo, tiers, ratio) },
      { name: `slo-meta-recordings-${id}`, rules: metaRecords(slo, tiers) },
      {
        name: `slo-alerts-${id}`,
        rules: [...burnAlerts(slo, tiers, ratio, options), absentAlert(slo, tiers, ratio, options)],
      },
    ],
    notes: notesOf(slo, tiers, ratio),
  };
}
