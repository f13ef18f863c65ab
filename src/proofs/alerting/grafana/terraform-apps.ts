/**
 * Alerts of Grafana 12.4 and newer that Terraform makes one by one, `grafana_apps_rules_alertrule_v0alpha1` and its later versions: expressions by
 * their names, of which the one marked as `source` decides (terraform-provider-grafana `internal/resources/appplatform/alertrule_resource.go`).
 */
import { isMapping } from '../../../model/cursor.ts';
import { parseDuration } from '../../../model/duration.ts';
import { parseJson } from '../../../model/json.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { isMap, type Body, type Resource, type Value } from '../../topology/evaluate/index.ts';
import { managedResources } from '../../topology/index.ts';
import { scopeOf } from './scopes.ts';
import { modelOf, type TerraformRule } from './terraform.ts';
import { given, plain, textIn } from './terraform-values.ts';

const TYPES = ['v0alpha1', 'v1alpha1', 'v1beta1', 'v1'].map((version) => `grafana_apps_rules_alertrule_${version}`);

export function rulesOfApps(view: PlatformView): TerraformRule[] {
  return TYPES.flatMap((type) => managedResources(view, type)).map((resource) => {
    const held = { holder: resource.address, scopes: [scopeOf(undefined)], origin: resource.origin };
    const [spec] = resource.blocks('spec');
    const steps = spec && stepsOf(spec);
    if (spec === undefined || steps === undefined)
      return { ...held, rule: { title: titleOf(resource, spec), data: [] }, because: 'its expressions cannot be told' };
    return { ...held, rule: ruleOf(spec, titleOf(resource, spec), steps) };
  });
}

function titleOf(resource: Resource, spec: Body | undefined): string {
  return (spec && textIn(spec, 'title')) ?? `rule of ${resource.address}`;
}

/** The expressions by their names; undefined where one of them is not known. */
function stepsOf(spec: Body): Readonly<Record<string, unknown>>[] | undefined {
  const all = spec.attribute('expressions')?.value;
  if (all === undefined || !isMap(all)) return undefined;
  const steps = Object.entries(all).map(([refId, value]) => ({ refId, step: stepOf(value) }));
  return steps.every(({ step }) => step !== undefined)
    ? steps.map(({ refId, step }) => ({ refId, ...step }))
    : undefined;
}

/** An object, or the JSON of one. */
function stepOf(value: Value): Record<string, unknown> | undefined {
  const step = isMap(value) ? plain(value) : modelOf(value);
  if (!isMapping(step)) return undefined;
  const model = typeof step['model'] === 'string' ? parseJson(step['model']) : step['model'];
  const range = isMapping(step['relative_time_range']) ? step['relative_time_range']['from'] : undefined;
  const source = isMapping(model) && isMapping(model['datasource']) ? model['datasource']['uid'] : undefined;
  return given({
    datasourceUid: step['datasource_uid'] ?? source,
    relativeTimeRange: typeof range === 'string' ? given({ from: parseDuration(range) }) : undefined,
    model,
    isSource: step['source'] === true,
  });
}

function ruleOf(
  spec: Body,
  title: string,
  data: readonly Readonly<Record<string, unknown>>[],
): Record<string, unknown> {
  return given({
    title,
    condition: data.find(({ isSource }) => isSource)?.['refId'],
    for: textIn(spec, 'for'),
    labels: plain(spec.attribute('labels')?.value),
    annotations: plain(spec.attribute('annotations')?.value),
    noDataState: textIn(spec, 'no_data_state'),
    execErrState: textIn(spec, 'exec_err_state'),
    notification_settings: settingsOf(spec),
    isPaused: spec.attribute('paused')?.value,
    data,
  });
}

function settingsOf(spec: Body): Record<string, unknown> | undefined {
  const settings = plain(spec.attribute('notification_settings')?.value);
  if (!isMapping(settings)) return undefined;
  const { contact_point: receiver, mute_timings: muted, active_timings: active, ...rest } = settings;
  return given({ receiver, mute_time_intervals: muted, active_time_intervals: active, ...rest });
}
