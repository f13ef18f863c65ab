import type { Cursor } from '../../../../model/cursor.ts';
import { cursor } from '../../../../model/kube.ts';
import { oncePerPlatform } from '../../../../model/once.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import { rulesOfAll } from '../../all-rules.ts';
import { alertRules, type AlertRule, type RuleText } from '../../rules.ts';
import { bookOf, rulesAbout } from '../judge/index.ts';
import { slothRules } from './sloth-rules.ts';
import { declaredSlos } from './sources.ts';

const SEVERITIES = ['page', 'ticket'] as const;

/**
 * The alerts of the platform, with those that Sloth's controller makes in the cluster of what no rule of the repository is about: its own
 * label, then those of `alerting`, then those of the page or the ticket (slok/sloth `internal/plugin/slo/core/alert_rules_v1`).
 */
export const alertsInCluster = oncePerPlatform((view: PlatformView): readonly AlertRule[] => {
  const alerts = alertRules(view);
  const written = new Set(alerts.map(({ name }) => name));
  const book = bookOf(rulesOfAll(view));
  const declared = new Map(
    declaredSlos(view)
      .filter(({ source }) => source === 'sloth-crd')
      .map(({ service, name, slo }) => [`${service}/${name}`, slo]),
  );
  const made = view.objects('PrometheusServiceLevel').flatMap((object) => {
    const spec = cursor(object).get('spec');
    return spec
      .get('slos')
      .items()
      .flatMap((at) => {
        const slo = declared.get(`${spec.get('service').string() ?? ''}/${at.get('name').string() ?? ''}`);
        const name = at.get('alerting', 'name').string() ?? '';
        if (slo === undefined || written.has(name)) return [];
        if (!('because' in slo) && rulesAbout(book, slo).length > 0) return [];
        const rules = 'because' in slo ? [] : slothRules(slo);
        return SEVERITIES.flatMap((severity) => slothAlert(at.get('alerting'), severity, rules));
      });
  });
  return made.length === 0 ? alerts : [...alerts, ...made];
});

function slothAlert(alerting: Cursor, severity: (typeof SEVERITIES)[number], rules: readonly RuleText[]): AlertRule[] {
  const own = alerting.get(`${severity}Alert`);
  if (own.get('disable').boolean() === true) return [];
  const both = (field: string): Record<string, string> => ({
    ...alerting.get(field).stringMap(),
    ...own.get(field).stringMap(),
  });
  return [
    {
      name: alerting.get('name').string() ?? '',
      expr: rules.find(({ name }) => name.endsWith(`(${severity})`))?.expr ?? '',
      labels: { sloth_severity: severity, ...both('labels') },
      annotations: both('annotations'),
      origin: own.exists ? own.origin : alerting.origin,
    },
  ];
}

/** The rules of the platform, with those that Sloth's controller makes in the cluster of what no rule of the repository is about. */
export const rulesInCluster = oncePerPlatform((view: PlatformView): readonly RuleText[] => {
  const rules = rulesOfAll(view);
  const book = bookOf(rules);
  const made = declaredSlos(view).flatMap(({ source, slo }) =>
    source !== 'sloth-crd' || 'because' in slo || rulesAbout(book, slo).length > 0 ? [] : slothRules(slo),
  );
  return made.length === 0 ? rules : [...rules, ...made];
});
