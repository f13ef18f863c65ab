import type { Patch, Subject } from '../../model/control.ts';
import { seconds } from '../../model/duration.ts';
import { isKnown, type Known } from '../../proofs/capacity/figure.ts';
import { placeRules, PREFIX } from '../../proofs/alerting/home.ts';
import { check, type Params } from './check.ts';
import type { StoreGrowth } from './input.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

/**
 * An alert on the claim's free space, a day earlier than people need. How to make room or what may be deleted is for people to say,
 * so nothing is written where more is wrong than the alert.
 */
export function synth(subject: Subject, input: StoreGrowth, params: Params): Patch[] {
  const result = check(subject, input, params);
  if (result.outcome !== 'fail' || result.findings.length > 1) return [];
  const { volume, gauges } = input.room;
  const gauge = gauges.find(({ labels }) => labels['persistentvolumeclaim'] !== undefined);
  const about = /^no alert|is the first alert/.test(result.findings[0].message);
  if (
    !about ||
    gauge === undefined ||
    !isKnown<Known>(volume) ||
    volume.origin === undefined ||
    gauge.capacity > volume.value
  )
    return [];
  const { namespace = 'default', persistentvolumeclaim: claim = '' } = gauge.labels;
  const selector = `namespace="${namespace}", persistentvolumeclaim=~"${claim.replace(/-0$/, '-[0-9]+')}"`;
  const ahead = seconds(params.timeToAct) + DAY;
  const rule = {
    alert: 'VolumeFillingUp',
    expr: `predict_linear(kubelet_volume_stats_available_bytes{${selector}}[6h], ${ahead}) < 0`,
    for: '1h',
    labels: { severity: 'warning', store: subject.name },
    annotations: {
      summary: `{{ $labels.persistentvolumeclaim }} of ${subject.name} will be full within ${Math.round(ahead / DAY)} days`,
    },
  };
  const name = `${subject.name}-volume`;
  const reason = `nothing tells ${params.timeToAct} before store/${subject.name} is full`;
  return placeRules(input.home, `${PREFIX}${name}`, [{ name, rules: [rule] }], reason);
}
