/** Alerts of Grafana that Terraform makes (`grafana_rule_group`), in the form of Grafana's own files. Reads the class `terraform`. */
import { parseJson } from '../../../model/json.ts';
import type { Origin } from '../../../model/origin.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { isList, isMap, Reference, sketchOf, Unknown, type Body, type Value } from '../../topology/evaluate/index.ts';
import { managedResources } from '../../topology/index.ts';

/** A rule of a `grafana_rule_group`, or what stands for rules that cannot be counted. */
export interface TerraformRule {
  readonly holder: string;
  readonly rule: Readonly<Record<string, unknown>>;
  readonly origin: Origin;
  readonly because?: string;
}

export function rulesOfTerraform(view: PlatformView): TerraformRule[] {
  return managedResources(view, 'grafana_rule_group').flatMap((group) => {
    const holder = group.address;
    const open = group.open('rule');
    const uncounted = { title: `rules of ${holder}`, data: [] };
    return [
      ...group.blocks('rule').map((rule) => ({ holder, rule: ruleOf(rule), origin: rule.origin })),
      ...(open === undefined ? [] : [{ holder, rule: uncounted, origin: group.origin, because: open }]),
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
    isPaused: rule.attribute('is_paused')?.value,
    record: rule.blocks('record').length > 0 ? {} : undefined,
    data: rule.blocks('data').map(queryOf),
  });
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
function modelOf(value: Value | undefined): unknown {
  if (value instanceof Unknown && value.json !== undefined) return plain(value.json);
  return typeof value === 'string' ? parseJson(value) : undefined;
}

/** A value with a text such as `${var.limit}` for what is not known. */
function plain(value: Value | undefined): unknown {
  if (value === undefined) return undefined;
  if (value instanceof Unknown || value instanceof Reference) return sketchOf(value);
  if (isList(value)) return value.map(plain);
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)])) : value;
}

function textIn(body: Body, name: string): string | undefined {
  const value = body.attribute(name)?.value;
  return value === undefined ? undefined : sketchOf(value);
}

function given(entries: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}
