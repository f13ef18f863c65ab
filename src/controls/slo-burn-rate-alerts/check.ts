import type { Subject } from '../../model/control.ts';
import { formatDuration, seconds } from '../../model/duration.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { soonest } from '../../proofs/alerting/slo/detection.ts';
import { rulesOf } from '../../proofs/alerting/slo/generate.ts';
import { judgeSlo, type Judged, type Policy } from '../../proofs/alerting/slo/judge/index.ts';
import { literal } from '../../proofs/alerting/slo/numbers.ts';
import type { Refusal, Slo } from '../../proofs/alerting/slo/types.ts';
import type { BurnRules } from './query.ts';
import { otherBucket } from './bucket.ts';

export interface Params {
  readonly severityLabel: string;
  readonly pages: readonly string[];
  readonly windows: readonly { readonly long: string; readonly short: string; readonly budgetPercent: number }[];
  readonly absentWithin: string;
  readonly runbookBase: string;
}

export function check(_subject: Subject, input: BurnRules, params: Params): Result {
  const { slo, rules } = input;
  if ('because' in slo) return refused(slo);
  const own = rulesOf(slo, { page: 'page', ticket: 'ticket' });
  if ('because' in own) return refused({ ...own, slo: slo.name });
  const judged = judgeSlo(slo, rules, policyOf(input, params));
  const findings = [...otherBucket(slo, input.threshold), ...judged.findings];
  const unseen = judged.lacks.includes('burn') ? madeElsewhere(input) : undefined;
  if (unseen !== undefined) return inconclusive(unseen);
  if (findings.length === 0 && judged.open.length > 0) return inconclusive(judged.open.join('; '));
  return failOr(findings, summaryOf(slo, judged), {
    tiers: judged.tiers.length,
    secondsToOutageAlert: Math.round(outageSeconds(judged)),
    ...lowTraffic(slo, judged),
  });
}

export function policyOf({ severities }: BurnRules, params: Params): Policy {
  const spoken = severities.filter(({ page }) => page).map(({ name }) => name);
  return {
    severityLabel: params.severityLabel,
    tickets: severities.filter(({ page }) => !page).map(({ name }) => name.toLowerCase()),
    pages: spoken.length === 0 ? [] : [...spoken, ...params.pages].map((name) => name.toLowerCase()),
    windows: params.windows.map(({ long, short, budgetPercent }) => ({
      long: seconds(long),
      short: seconds(short),
      budgetPercent,
    })),
    absentWithin: seconds(params.absentWithin),
  };
}

function refused({ slo, because, wrong, origin }: Refusal): Result {
  if (wrong !== true) return inconclusive(`whether alerts fit ${slo} cannot be told: ${because}`, origin);
  const finding: Finding = {
    message: `${slo} is no SLO that alerts can follow: ${because}`,
    severity: 'high',
    ...(origin === undefined ? {} : { origin }),
    remediation: 'Correct the SLO.',
  };
  return failOr([finding], '');
}

/** Rules of an SLO that are made where nobody sees them from here. */
function madeElsewhere({ madeBy, source, slo, unread }: BurnRules): string | undefined {
  const [first] = unread ?? [];
  if (first !== undefined)
    return `whether "${first.name}" in ${first.holder} is its burn-rate alert cannot be told: ${first.because}`;
  if (madeBy !== undefined)
    return `its rules are made in the cluster of ${madeBy}; export and commit them to have them judged`;
  if (source !== 'sloth' || 'because' in slo) return undefined;
  return `the rules that Sloth generates of ${slo.origin?.path ?? 'its spec'} are not in the repository; commit them to have them judged`;
}

/** Seconds from a total outage to the first alert, before what scraping and evaluating add. */
function outageSeconds({ tiers }: Judged): number {
  const times = tiers.map(
    (tier) => soonest([{ ...tier, name: 'page-quick' }], 1, { scrape: 0, evaluation: 0, hold: tier.hold }) ?? Infinity,
  );
  return Math.min(...times);
}

/** So many events or fewer in the quickest window make one bad event an alert: 1/n is above the threshold while n < 1/threshold. */
function lowTraffic({ sli }: Slo, { tiers }: Judged): { readonly oneErrorAlertsUpToEvents?: number } {
  const [quickest] = tiers.toSorted((a, b) => a.long - b.long);
  if (sli.kind !== 'events' || quickest === undefined || quickest.threshold >= 0.5) return {};
  return { oneErrorAlertsUpToEvents: Math.ceil(1 / quickest.threshold) - 1 };
}

function summaryOf(slo: Slo, judged: Judged): string {
  const tiers = judged.tiers
    .toSorted((a, b) => a.long - b.long)
    .map(
      ({ long, short, factor }) =>
        `${literal(Number(factor.toPrecision(4)))}x over ${formatDuration(long)} and ${formatDuration(short)}`,
    );
  const outage = formatDuration(outageSeconds(judged));
  return `${slo.name} (${literal(slo.objective)} % over ${formatDuration(slo.period)}) alerts at ${tiers.join(', ')}; a total outage ${outage} after it begins; absent data by ${judged.absent.map(({ name }) => name).join(', ')}`;
}
