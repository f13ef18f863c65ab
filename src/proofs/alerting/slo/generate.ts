import { absentAlert, burnAlerts, deadManSwitch, type RuleOptions } from './alerts.ts';
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

export interface Generated {
  readonly written: readonly SloRules[];
  readonly refused: readonly Refusal[];
  /** All groups, the dead-man switch last. The same for the same SLOs, whatever their order. */
  readonly groups: readonly RuleGroup[];
}

/** Recording rules under Sloth's names, burn-rate alerts, an alert for absent data for each SLO, and one dead-man switch for all. */
export function generateRules(slos: readonly Slo[], options: RuleOptions): Generated {
  const written: SloRules[] = [];
  const refused: Refusal[] = [];
  const sorted = slos.toSorted((a, b) => (identity(a) < identity(b) ? -1 : 1));
  for (const [index, slo] of sorted.entries()) {
    const twin = sorted[index - 1];
    const answer: SloRules | Refusal =
      twin !== undefined && identity(twin) === identity(slo)
        ? {
            slo: identity(slo),
            because: `another SLO has the same id: service ${slo.service}, name ${slo.name}`,
          }
        : rulesOf(slo, options);
    if ('because' in answer) refused.push(answer);
    else written.push(answer);
  }
  const groups = written.flatMap((one) => one.groups);
  return { written, refused, groups: groups.length === 0 ? [] : [...groups, deadManSwitch(options)] };
}

/** The rules of one SLO, or why there are none. */
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
