/** Contact points, policies and mute timings that Terraform makes, in the form of Grafana's files. Reads the class `terraform`. */
import { Cursor } from '../../../../model/cursor.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import type { Body, Resource } from '../../../topology/evaluate/index.ts';
import { managedResources } from '../../../topology/index.ts';
import { given, plain, textIn } from '../terraform-values.ts';
import { scopeOf } from '../scopes.ts';
import type { Entry, Sources } from './sources.ts';

export function ofTerraform(view: PlatformView): Sources {
  const entries = (type: string, read: (resource: Resource) => Made): Entry[] =>
    managedResources(view, type).map((resource) => {
      const { value, because = resource.uncertain } = read(resource);
      return {
        holder: resource.address,
        scopes: [scopeOf(textIn(resource, 'org_id'))],
        at: new Cursor(value, resource.origin),
        shownAt: resource.origin,
        ...(because !== undefined && { because }),
      };
    });
  return {
    contactPoints: entries('grafana_contact_point', contactPoint),
    policies: entries('grafana_notification_policy', policyTree),
    intervals: entries('grafana_mute_timing', muteTiming),
  };
}

interface Made {
  readonly value: Readonly<Record<string, unknown>>;
  readonly because?: string | undefined;
}

/** Every block is a receiver of the type of its name. */
function contactPoint(resource: Resource): Made {
  const types = resource
    .names()
    .filter((name) => resource.blocks(name).length > 0 || resource.open(name) !== undefined);
  const receivers = types.flatMap((type) =>
    resource
      .blocks(type)
      .map((block) => ({ type, settings: Object.fromEntries(block.names().map((key) => [key, valueIn(block, key)])) })),
  );
  const open = types.map((type) => resource.open(type)).find((because) => because !== undefined);
  return { value: { name: textIn(resource, 'name'), receivers }, because: open };
}

function valueIn(block: Body, key: string): unknown {
  return plain(block.attribute(key)?.value);
}

/** Policies are nested blocks; names of mute timings are those of Grafana's files. */
function policyTree(resource: Resource): Made {
  const opens: string[] = [];
  const value = policy(resource, opens);
  return { value, because: opens[0] };
}

function policy(body: Body, opens: string[]): Record<string, unknown> {
  for (const type of ['policy', 'matcher']) {
    const because = body.open(type);
    if (because !== undefined) opens.push(because);
  }
  return given({
    receiver: textIn(body, 'contact_point'),
    object_matchers: body
      .blocks('matcher')
      .map((one) => [textIn(one, 'label'), textIn(one, 'match'), textIn(one, 'value')]),
    continue: valueIn(body, 'continue'),
    ...notifyingOf(body),
    routes: body.blocks('policy').map((one) => policy(one, opens)),
  });
}

/** What policies and rules have in common. */
export function notifyingOf(body: Body): Record<string, unknown> {
  return {
    group_by: valueIn(body, 'group_by'),
    group_wait: textIn(body, 'group_wait'),
    group_interval: textIn(body, 'group_interval'),
    repeat_interval: textIn(body, 'repeat_interval'),
    mute_time_intervals: valueIn(body, 'mute_timings'),
    active_time_intervals: valueIn(body, 'active_timings'),
  };
}

function muteTiming(resource: Resource): Made {
  const intervals = resource.blocks('intervals').map((one) =>
    given({
      times: one.blocks('times').map((time) => ({ start_time: textIn(time, 'start'), end_time: textIn(time, 'end') })),
      weekdays: valueIn(one, 'weekdays'),
      days_of_month: valueIn(one, 'days_of_month'),
      months: valueIn(one, 'months'),
      years: valueIn(one, 'years'),
      location: textIn(one, 'location'),
    }),
  );
  const timed = intervals.map((one) => ((one['times'] as unknown[]).length === 0 ? { ...one, times: undefined } : one));
  return { value: { name: textIn(resource, 'name'), time_intervals: timed }, because: resource.open('intervals') };
}
