import { cursor } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { selection } from '../../proofs/alerting/metrics/index.ts';

/** Rules that no Prometheus loads. */
export interface UnloadedRules {
  readonly name: string;
  readonly rules: number;
  readonly because: string;
  readonly origin: Origin;
}

export function unloadedRules(view: PlatformView): UnloadedRules[] {
  return view.objects('PrometheusRule').flatMap((object) => {
    const namespace = object.namespace ?? 'default';
    const { selected, because } = selection(view, 'rule', { namespace, labels: object.labels });
    if (selected !== 'no') return [];
    const groups = cursor(object).get('spec', 'groups').items();
    const rules = groups.reduce((sum, group) => sum + group.get('rules').items().length, 0);
    return [{ name: `PrometheusRule ${namespace}/${object.name}`, rules, because, origin: object.origin }];
  });
}
