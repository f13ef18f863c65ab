import type { Cursor } from '../../model/cursor.ts';
import { cursor } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { dashboards } from './dashboards.ts';
import { parse, type Expr, type Parsed } from './promql/index.ts';
import { placedRules } from './rules.ts';

/** What an expression is for. */
export type Use = 'alert' | 'record' | 'analysis' | 'trigger' | 'panel';

/** A PromQL expression of the platform, parsed. */
export interface PlatformExpression {
  readonly use: Use;
  /** Name of the alert, the record, the analysis' metric or the panel. */
  readonly name: string;
  /** What holds it: `PrometheusRule observability/data`, `dashboard Service overview`. */
  readonly holder: string;
  readonly parsed: Parsed;
  readonly origin: Origin;
}

/**
 * Every PromQL expression: rules, panels and variables of dashboards, AnalysisTemplates of Argo Rollouts, MetricTemplates of Flagger, and
 * triggers of KEDA. Panels of other languages and rules of Loki are left out, and of VictoriaMetrics what its larger language adds.
 * Reads the classes `kubernetes`, `prometheus-rules` and `grafana-dashboard`.
 */
export const platformExpressions = oncePerPlatform((view: PlatformView): readonly PlatformExpression[] => [
  ...rules(view),
  ...analyses(view),
  ...triggers(view),
  ...dashboards(view).flatMap((dashboard) =>
    dashboard.queries.flatMap(({ panel, text, language, origin }): PlatformExpression[] => {
      if (language === 'other') return [];
      const parsed = parse(text, 'templated');
      // Who cannot tell the language of a query cannot call it wrong.
      if (language === 'unknown' && !parsed.ok) return [];
      return [{ use: 'panel', name: panel, holder: `dashboard ${dashboard.title}`, parsed, origin }];
    }),
  ),
]);

/** The expression behind each recorded name that only one rule records. */
export const recordings = oncePerPlatform((view: PlatformView): ReadonlyMap<string, Expr | undefined> => {
  const found = new Map<string, Expr | undefined>();
  for (const { use, name, parsed } of platformExpressions(view)) {
    if (use === 'record') found.set(name, found.has(name) || !parsed.ok ? undefined : parsed.expr);
  }
  return found;
});

function rules(view: PlatformView): PlatformExpression[] {
  return placedRules(view).flatMap(({ kind, name, holder, at, ofLogs, elsewhere }): PlatformExpression[] => {
    const expr = at.get('expr');
    if (ofLogs || !expr.exists) return [];
    const parsed = parse(String(expr.value));
    if (elsewhere && !parsed.ok) return [];
    return [{ use: kind, name, holder, parsed, origin: expr.origin }];
  });
}

function analyses(view: PlatformView): PlatformExpression[] {
  const argo = [...view.objects('AnalysisTemplate'), ...view.objects('ClusterAnalysisTemplate')].flatMap((object) =>
    cursor(object)
      .get('spec', 'metrics')
      .items()
      .flatMap((metric) =>
        templated(
          'analysis',
          metric.get('name').string() ?? '',
          `${object.kind} ${object.name}`,
          metric.get('provider', 'prometheus', 'query'),
        ),
      ),
  );
  const flagger = view.objects('MetricTemplate').flatMap((object) => {
    const spec = cursor(object).get('spec');
    if (spec.get('provider', 'type').string() !== 'prometheus') return [];
    return templated(
      'analysis',
      object.name,
      `MetricTemplate ${object.namespace ?? 'default'}/${object.name}`,
      spec.get('query'),
    );
  });
  return [...argo, ...flagger];
}

function triggers(view: PlatformView): PlatformExpression[] {
  return [...view.objects('ScaledObject'), ...view.objects('ScaledJob')].flatMap((object) =>
    cursor(object)
      .get('spec', 'triggers')
      .items()
      .flatMap((trigger) => {
        if (trigger.get('type').string() !== 'prometheus') return [];
        const metadata = trigger.get('metadata');
        return templated(
          'trigger',
          metadata.get('metricName').string() ?? object.name,
          `${object.kind} ${object.namespace ?? 'default'}/${object.name}`,
          metadata.get('query'),
        );
      }),
  );
}

function templated(use: Use, name: string, holder: string, at: Cursor): PlatformExpression[] {
  const text = at.string();
  return text === undefined ? [] : [{ use, name, holder, parsed: parse(text, 'templated'), origin: at.origin }];
}
