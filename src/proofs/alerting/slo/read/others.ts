/** SLOs that a service measures by its own means and alerts on by itself: they are named, and what they say is not read. */
import { cursor } from '../../../../model/kube.ts';
import type { Origin } from '../../../../model/origin.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import { managedResources } from '../../../topology/index.ts';
import type { Body } from '../../../topology/evaluate/index.ts';
import type { DeclaredSlo } from './sources.ts';
import { plain, textIn } from '../../grafana/terraform-values.ts';

export interface OtherSlo {
  readonly name: string;
  /** `grafana_slo`, `SLO of n9/v1alpha`. */
  readonly holder: string;
  /** All that is written of it. */
  readonly words: string;
  readonly because: string;
  readonly origin: Origin;
}

/** Terraform's types of resources, with whose SLOs they are and the attribute that names one. */
const RESOURCES = [
  ['grafana_slo', 'Grafana', 'name'],
  ['google_monitoring_slo', 'Google Cloud Monitoring', 'slo_id'],
  ['datadog_service_level_objective', 'Datadog', 'name'],
  ['nobl9_slo', 'Nobl9', 'name'],
] as const;

/** Kinds of objects, with the start of their `apiVersion`. */
const OBJECTS = [
  ['SLO', 'n9/', 'Nobl9'],
  ['DatadogSLO', 'datadoghq.com/', 'Datadog'],
  ['MonitoringServiceLevelObjective', 'monitoring.cnrm.cloud.google.com/', 'Google Cloud Monitoring'],
] as const;

/** As a declared SLO: that it is there, and why nothing more can be told. */
export function declaredElsewhere({ name, holder, because, origin }: OtherSlo): DeclaredSlo {
  return { name, service: '', source: 'other', slo: { slo: `${name} (${holder})`, because, origin } };
}

/** Reads the classes `kubernetes` and `terraform`. */
export function otherSlos(view: PlatformView): OtherSlo[] {
  return [
    ...RESOURCES.flatMap(([type, whose, key]) =>
      managedResources(view, type).map((resource): OtherSlo => {
        const name = textIn(resource, key) ?? textIn(resource, 'display_name') ?? type;
        return { name, holder: type, words: wordsOf(resource), because: unread(whose), origin: resource.origin };
      }),
    ),
    ...OBJECTS.flatMap(([kind, group, whose]) =>
      view
        .objects(kind)
        .filter(({ apiVersion }) => apiVersion.startsWith(group))
        .map((object): OtherSlo => {
          const words = `${object.name} ${JSON.stringify(cursor(object).get('spec').value)}`;
          return {
            name: object.name,
            holder: `${kind} of ${object.apiVersion}`,
            words,
            because: unread(whose),
            origin: object.origin,
          };
        }),
    ),
  ];
}

function unread(whose: string): string {
  return `what ${whose} measures and alerts on by itself is not read`;
}

function wordsOf(body: Body): string {
  return body
    .names()
    .flatMap((name) => [JSON.stringify(plain(body.attribute(name)?.value) ?? ''), ...body.blocks(name).map(wordsOf)])
    .join(' ');
}
