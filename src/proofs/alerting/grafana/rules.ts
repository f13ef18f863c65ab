/** Alerts that Grafana manages: of files of provisioning, of ConfigMaps, of objects of grafana-operator and of Terraform. Reads the classes `kubernetes`, `grafana-alerting` and `terraform`. */
import { Cursor, isMapping } from '../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../model/kube.ts';
import { isGrafanaAlerting, isGrafanaRule } from '../../../model/grafana-alerting.ts';
import { oncePerPlatform } from '../../../model/once.ts';
import type { Origin } from '../../../model/origin.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { dataSources } from '../data-sources.ts';
import { embedded } from '../embedded.ts';
import { listOf, text } from '../lenient.ts';
import type { AlertRule, RuleText } from '../rules.ts';
import { conditionOf, type Condition, type TypeOf } from './condition.ts';
import { ownRouteOf, type OwnRoute } from './notify/rule-routes.ts';
import { scopeOf, scopesOf, type Scope } from './scopes.ts';
import { rulesOfTerraform, terraformSources } from './terraform.ts';
import { rulesOfApps } from './terraform-apps.ts';

export interface GrafanaAlert extends Omit<AlertRule, 'expr' | 'namespace'> {
  /** What holds it: a file, `ConfigMap observability/alerts`, `GrafanaAlertRuleGroup observability/api`. */
  readonly holder: string;
  readonly for?: string;
  readonly condition: Condition;
  /** A query without a result fires as well: `noDataState` of NoData, the default, or Alerting. */
  readonly tellsOfNoData: boolean;
  /** As it is then called where it is not called by its title. */
  readonly onNoData?: 'DatasourceNoData';
  readonly onError?: 'DatasourceError';
  /** The Grafanas that have it. */
  readonly scopes: readonly Scope[];
  /** Title of its folder, where that is said. */
  readonly folder?: string;
  /** Its rule names a contact point of its own. */
  readonly own?: OwnRoute;
  /** Title and queries, as written. */
  readonly words: string;
  /** It stands for rules that cannot be counted: any alert may be among them. */
  readonly anything?: true;
}

/** Every alert that is not paused. Recording rules are left out. */
export const grafanaAlerts = oncePerPlatform((view: PlatformView): readonly GrafanaAlert[] => {
  const known = dataSources(view);
  const ofTerraform = terraformSources(view);
  const typeOf: TypeOf = (uid) => known.find((each) => each.uid === uid)?.type ?? ofTerraform.get(uid);
  const files = view.data('grafana-alerting');
  const written = new Set(files.map(({ data }) => JSON.stringify(data)));
  const inConfigMaps = view.objects('ConfigMap').flatMap((object) => mounted(object, written));
  const objects = view.objects('GrafanaAlertRuleGroup.grafana.integreatly.org').map((object): Holder => ({
    holder: `GrafanaAlertRuleGroup ${object.namespace ?? 'default'}/${object.name}`,
    groups: [cursor(object).get('spec')],
    scopes: scopesOf(view, object),
  }));
  return [
    ...files.map(({ path, data, origin }): Holder => ({
      holder: path,
      groups: listOf(new Cursor(data, origin).get('groups')),
    })),
    ...inConfigMaps,
    ...objects,
    ...[...rulesOfTerraform(view), ...rulesOfApps(view)].map(({ rule, origin, ...held }): Holder => ({
      ...held,
      origin,
      groups: [new Cursor({ rules: [rule] }, origin)],
    })),
  ].flatMap((held) =>
    held.groups.flatMap((group) => listOf(group.get('rules')).flatMap((at) => read(at, group, held, typeOf))),
  );
});

interface Holder {
  readonly holder: string;
  readonly groups: readonly Cursor[];
  /** Of a text within another: all that can be pointed at. */
  readonly origin?: Origin;
  /** Why nothing more can be told of what it holds. */
  readonly because?: string;
  /** Of groups that do not say their organisation themselves. */
  readonly scopes?: readonly Scope[];
}

/** As the chart of Grafana and its sidecar mount them. */
function mounted(object: KubeObject, written: ReadonlySet<string>): Holder[] {
  return cursor(object)
    .get('data')
    .entries()
    .flatMap(([key, at]): Holder[] => {
      if (typeof at.value !== 'string' || !/["']?groups["']?\s*:/.test(at.value)) return [];
      const data = embedded(at.value);
      if (data === undefined || written.has(JSON.stringify(data)) || !isGrafanaAlerting(data)) return [];
      const holder = `ConfigMap ${object.namespace ?? 'default'}/${object.name}, ${key}`;
      return [{ holder, origin: at.origin, groups: listOf(new Cursor(data, at.origin).get('groups')) }];
    });
}

function read(at: Cursor, group: Cursor, held: Holder, typeOf: TypeOf): GrafanaAlert[] {
  const { holder, origin, because } = held;
  if (!isGrafanaRule(at.value) || at.get('isPaused').value === true || at.get('record').exists) return [];
  const name = text(at.get('title')) ?? '';
  const hold = text(at.get('for'));
  const noData = text(at.get('noDataState')) ?? 'NoData';
  const folder = text(group.get('folder'));
  const own = ownRouteOf(settingsOf(at, origin));
  return [
    {
      name,
      holder,
      ...(hold !== undefined && { for: hold }),
      labels: stringsOf(at.get('labels')),
      annotations: stringsOf(at.get('annotations')),
      condition: because === undefined ? conditionOf(at, typeOf) : { because },
      tellsOfNoData: noData === 'NoData' || noData === 'Alerting',
      ...(noData === 'NoData' && { onNoData: 'DatasourceNoData' as const }),
      ...(text(at.get('execErrState')) === 'Error' && { onError: 'DatasourceError' as const }),
      scopes: held.scopes ?? [scopeOf(group.get('orgId').value)],
      ...(folder !== undefined && { folder }),
      ...(own !== undefined && { own }),
      words: `${name} ${JSON.stringify(at.get('data').value)}`,
      origin: origin ?? at.origin,
      ...(because !== undefined && { anything: true }),
    },
  ];
}

/** `notification_settings` of files, `notificationSettings` of grafana-operator. */
function settingsOf(at: Cursor, origin: Origin | undefined): Cursor {
  const settings = at.get('notification_settings').exists
    ? at.get('notification_settings')
    : at.get('notificationSettings');
  const value = isMapping(settings.value) ? settings.value : {};
  return new Cursor(value, origin ?? settings.origin);
}

function stringsOf(at: Cursor): Record<string, string> {
  if (!isMapping(at.value)) return {};
  return Object.fromEntries(Object.entries(at.value).map(([key, value]) => [key, String(value)]));
}

/** The alerts that can be said in PromQL, as rules; one that also tells of no data is another rule on its absence. */
export const grafanaRuleTexts = oncePerPlatform((view: PlatformView): readonly RuleText[] =>
  grafanaAlerts(view).flatMap(({ name, labels, origin, condition, tellsOfNoData, for: hold }): RuleText[] => {
    if ('because' in condition) return [];
    const base = { kind: 'alert', name, labels, origin, ...(hold !== undefined && { for: hold }) } as const;
    const absent = tellsOfNoData ? condition.queries.map((query) => ({ ...base, expr: `absent(${query})` })) : [];
    return [{ ...base, expr: condition.expr }, ...absent];
  }),
);
