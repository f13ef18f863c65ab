import type { Cursor } from '../../../../model/cursor.ts';
import { cursor } from '../../../../model/kube.ts';
import { oncePerPlatform } from '../../../../model/once.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import { rulesOfAll, type UnreadAlert } from '../../all-rules.ts';
import { alertRules, type AlertRule, type RuleText } from '../../rules.ts';
import { bookOf, rulesAbout } from '../judge/index.ts';
import { fromPyrra } from './pyrra.ts';
import { pyrraRules, type PyrraRules } from './pyrra-rules.ts';
import { slothRules } from './sloth-rules.ts';
import { declaredSlos } from './sources.ts';

const SEVERITIES = ['page', 'ticket'] as const;

/** The rules that Pyrra's controller makes of its objects that no rule of the repository is about, and the objects that cannot be followed. */
const ofPyrra = oncePerPlatform((view: PlatformView) => {
  const book = bookOf(rulesOfAll(view));
  const made: PyrraRules[] = [];
  const unread: UnreadAlert[] = [];
  for (const object of view.objects('ServiceLevelObjective.pyrra.dev')) {
    const slo = fromPyrra(object);
    if (!('because' in slo) && rulesAbout(book, slo).length > 0) continue;
    const rules = 'because' in slo ? slo : pyrraRules(object, slo);
    if (!('because' in rules)) made.push(rules);
    else
      unread.push({
        name: object.name,
        holder: `ServiceLevelObjective ${object.namespace ?? 'default'}/${object.name}`,
        words: `${object.name} ${JSON.stringify(object.body['spec'])}`,
        because: `Pyrra makes its alerts in the cluster, which are not followed: ${rules.because}`,
        origin: object.origin,
      });
  }
  return { made, unread };
});

/** The objects of Pyrra whose alerts cannot be told. */
export function alertsOfPyrra(view: PlatformView): readonly UnreadAlert[] {
  return ofPyrra(view).unread;
}

/**
 * The alerts of the platform, with those of Pyrra and those that Sloth's controller makes in the cluster of what no rule of the repository is about: its own
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
  return [...alerts, ...made, ...ofPyrra(view).made.flatMap((rules) => rules.alerts)];
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

/** The rules of the platform, with those that the controllers of Sloth and Pyrra make in the cluster of what no rule of the repository is about. */
export const rulesInCluster = oncePerPlatform((view: PlatformView): readonly RuleText[] => {
  const rules = rulesOfAll(view);
  const book = bookOf(rules);
  const made = declaredSlos(view).flatMap(({ source, slo }) =>
    source !== 'sloth-crd' || 'because' in slo || rulesAbout(book, slo).length > 0 ? [] : slothRules(slo),
  );
  return [...rules, ...made, ...ofPyrra(view).made.flatMap(rulesTexts)];
});

/** As rules that are there. */
export function rulesTexts({ records, alerts }: PyrraRules): RuleText[] {
  return [...records, ...alerts.map((alert): RuleText => ({ ...alert, kind: 'alert' }))];
}
