import { formatDuration, seconds } from '../../model/duration.ts';
import type { Finding } from '../../model/result.ts';
import { parse, selectors } from '../../proofs/alerting/promql/index.ts';
import type { Slo } from '../../proofs/alerting/slo/types.ts';

/** A latency SLO that counts another bucket than the one that ends at its threshold. */
export function otherBucket({ name, sli }: Slo, threshold: string | undefined): Finding[] {
  if (threshold === undefined || sli.kind !== 'events') return [];
  const parsed = parse(sli.good ?? sli.bad ?? '', 'templated');
  if (!parsed.ok) return [];
  const bounds = selectors(parsed.expr).flatMap(({ matchers }) =>
    matchers.flatMap(({ label, op, value }) =>
      label === 'le' && op === '=' && Number.isFinite(Number(value)) ? [Number(value)] : [],
    ),
  );
  const wanted = seconds(threshold);
  const [bound] = bounds;
  if (bound === undefined || bounds.some((each) => each === wanted)) return [];
  return [
    {
      message: `${name} has a threshold of ${threshold} and counts the bucket that ends at ${formatDuration(bound)} (le="${bound}")`,
      severity: 'high',
      remediation: `Count le="${wanted}", or set the threshold to ${formatDuration(bound)}.`,
    },
  ];
}
