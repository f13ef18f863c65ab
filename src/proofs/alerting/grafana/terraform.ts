/** Alerts of Grafana that Terraform makes (`grafana_rule_group`; those of `grafana_apps_*` in terraform-apps.ts), in the form of Grafana's own files. Reads the class `terraform`. */
import { parseJson } from '../../../model/json.ts';
import type { Origin } from '../../../model/origin.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { Unknown, type Body, type Value } from '../../topology/evaluate/index.ts';
import { managedResources } from '../../topology/index.ts';
import { notifyingOf } from './notify/terraform.ts';
import { scopeOf, type Scope } from './scopes.ts';
import { given, plain, textIn } from './terraform-values.ts';

/** A rule of Terraform's, or what stands for rules that cannot be counted. */
export interface TerraformRule {
  readonly holder: string;
  readonly rule: Readonly<Record<string, unknown>>;
  readonly scopes: readonly Scope[];
  readonly origin: Origin;
  readonly because?: string;
}

export function rulesOfTerraform(view: PlatformView): TerraformRule[] {
  return managedResources(view, 'grafana_rule_group').flatMap((group) => {
    const holder = group.address;
    const scopes = [scopeOf(textIn(group, 'org_id'))];
    const open = group.open('rule');
    const uncounted = { title: `rules of ${holder}`, data: [] };
    return [
      ...group.blocks('rule').map((rule) => ({ holder, scopes, rule: ruleOf(rule), origin: rule.origin })),
      ...(open === undefined ? [] : [{ holder, scopes, rule: uncounted, origin: group.origin, because: open }]),
    ];
  });
}

/** The type of a data source that Terraform makes, by the text that stands for its uid before it is made. */
export function terraformSources(view: PlatformView): ReadonlyMap<string, string> {
  const sources = managedResources(view, 'grafana_data_source').flatMap((source): [string, string][] => {
    const type = textIn(source, 'type') ?? '';
    const own = textIn(source, 'uid');
    return [[`\${${source.address}.uid}`, type], ...(own === undefined ? [] : [[own, type] as [string, string]])];
  });
  return new Map(sources);
}

/** Keys as in files of provisioning; what is the default there is left out. */
function ruleOf(rule: Body): Record<string, unknown> {
  return given({
    title: textIn(rule, 'name') ?? '',
    condition: textIn(rule, 'condition'),
    for: textIn(rule, 'for'),
    labels: plain(rule.attribute('labels')?.value),
    annotations: plain(rule.attribute('annotations')?.value),
    noDataState: textIn(rule, 'no_data_state'),
    execErrState: textIn(rule, 'exec_err_state'),
    notification_settings: settingsOf(rule),
    isPaused: rule.attribute('is_paused')?.value,
    record: rule.blocks('record').length > 0 ? {} : undefined,
    data: rule.blocks('data').map(queryOf),
  });
}

function settingsOf(rule: Body): Record<string, unknown> | undefined {
  const [settings] = rule.blocks('notification_settings');
  return settings && given({ receiver: textIn(settings, 'contact_point'), ...notifyingOf(settings) });
}

function queryOf(data: Body): Record<string, unknown> {
  const from = data.blocks('relative_time_range')[0]?.attribute('from')?.value;
  return given({
    refId: textIn(data, 'ref_id'),
    datasourceUid: textIn(data, 'datasource_uid'),
    relativeTimeRange: typeof from === 'number' ? { from } : undefined,
    model: modelOf(data.attribute('model')?.value),
  });
}

/** JSON, most often written by `jsonencode`; of what cannot be told nothing is left. */
export function modelOf(value: Value | undefined): unknown {
  if (value instanceof Unknown && value.json !== undefined) return plain(value.json);
  return typeof value === 'string' ? parseJson(value) : undefined;
}
