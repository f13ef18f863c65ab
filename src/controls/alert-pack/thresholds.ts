import { formatDuration } from '../../model/duration.ts';
import type { Finding } from '../../model/result.ts';
import { boundOf } from '../../proofs/alerting/pack/features.ts';
import type { ClassId } from '../../proofs/alerting/pack/classes.ts';
import type { Book } from '../../proofs/alerting/slo/judge/book.ts';
import { conditionsOf } from '../../proofs/alerting/slo/judge/burn.ts';
import { literal } from '../../proofs/alerting/slo/numbers.ts';
import { budgetOf } from '../../proofs/alerting/slo/tiers.ts';
import type { Seen } from './check.ts';
import type { Pack } from './query.ts';

/** Thresholds that contradict the SLO or the renewal they belong to: alerts that fire while all is well. */
export function thresholdFindings(id: ClassId, found: readonly Seen[], input: Pack, book: Book): Finding[] {
  const judge = ({ 'error-rate': ofErrors, 'p99-latency': ofLatency, 'certificate-expiry': ofRenewal } as const)[
    id as string
  ];
  return judge === undefined ? [] : found.flatMap((seen) => judge(seen, input, book));
}

/** A plain error-rate alert below the budget of the SLO. Burn rates are judged with the SLO. */
function ofErrors({ alert }: Seen, { slos }: Pack, book: Book): Finding[] {
  const budget = Math.min(
    ...slos.filter(({ kind }) => kind === 'availability').map(({ slo }) => budgetOf(slo.objective)),
  );
  return conditionsOf(alert, book, () => true).flatMap(({ comparisons }) => {
    const [only, second] = comparisons;
    if (only === undefined || second !== undefined || 'reason' in only.reading || only.reading.parts.form !== 'bad')
      return [];
    if (only.reading.parts.total.includes('_bucket') || only.threshold >= budget || budget > 1) return [];
    return [
      {
        message: `${alert.name} fires at an error ratio of ${literal(only.threshold)}, and the SLO allows ${literal(budget)}: it fires while the objective is met`,
        severity: 'medium' as const,
        origin: alert.origin,
        remediation: `Raise the threshold to the budget of ${literal(budget)} or above, or leave it to the burn-rate alerts.`,
      },
    ];
  });
}

function ofLatency({ alert, features }: Seen, { slos }: Pack, book: Book): Finding[] {
  const target = Math.max(
    ...slos.flatMap(({ kind, threshold }) => (kind === 'latency' && threshold !== undefined ? [threshold] : [])),
  );
  const bound = features.quantile === undefined ? undefined : boundOf(alert.ast, book);
  const inSeconds = !features.reads.some(({ name = '' }) => /_ms\b|milliseconds/.test(name));
  if (bound === undefined || !inSeconds || !Number.isFinite(target) || bound >= target) return [];
  return [
    {
      message: `${alert.name} fires above ${formatDuration(bound)}, and the SLO allows ${formatDuration(target)}: it fires while the objective is met`,
      severity: 'medium',
      origin: alert.origin,
      remediation: `Raise the threshold to ${formatDuration(target)} or above.`,
    },
  ];
}

/** An alert that fires before a certificate is even due fires for every certificate, every time. */
function ofRenewal({ alert, features }: Seen, { renewBefore }: Pack, book: Book): Finding[] {
  const read = features.reads.find(({ name = '' }) => /certmanager_certificate_expiration/.test(name));
  const bound = boundOf(alert.ast, book);
  if (read === undefined || renewBefore === undefined || bound === undefined || bound <= renewBefore) return [];
  if (read.matchers.some(({ label }) => /^(?:exported_)?(?:name|namespace)$/.test(label))) return [];
  return [
    {
      message: `${alert.name} fires ${formatDuration(bound)} before the end of a certificate, and one is only renewed ${formatDuration(renewBefore)} before: it fires at every renewal`,
      severity: 'medium',
      origin: alert.origin,
      remediation: `Let it fire less than ${formatDuration(renewBefore)} before the end, or for each kind of certificate by itself.`,
    },
  ];
}
