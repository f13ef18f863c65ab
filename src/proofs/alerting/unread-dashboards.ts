/** Dashboards that are there and whose panels cannot be seen from here. */
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';

export interface UnreadDashboard {
  /** `GrafanaDashboard monitoring/node`. */
  readonly name: string;
  readonly because: string;
}

/** Objects of grafana-operator that name another place, those of Grafana's own API in its second schema, and those of Perses. */
export function unreadDashboards(view: PlatformView): UnreadDashboard[] {
  return [
    ...view.objects('GrafanaDashboard').flatMap((object) => unread(object, ofOperator(object))),
    ...view.objects('Dashboard.dashboard.grafana.app').flatMap((object) => unread(object, ofSchema(object))),
    ...view.objects('PersesDashboard').flatMap((object) => unread(object, 'panels of Perses are not read')),
  ];
}

function unread({ kind, namespace, name }: KubeObject, because: string | undefined): UnreadDashboard[] {
  return because === undefined ? [] : [{ name: `${kind} ${namespace ?? 'default'}/${name}`, because }];
}

/** Where grafana-operator takes a dashboard from that does not stand in the object; one in a ConfigMap is read there. */
const ELSEWHERE: readonly (readonly [key: string, because: string])[] = [
  ['grafanaCom', 'what grafana.com has is not read'],
  ['url', 'what is at an address is not read'],
  ['jsonnet', 'Jsonnet is not evaluated'],
  ['jsonnetLib', 'Jsonnet is not evaluated'],
  ['gzipJson', 'what is compressed is not read'],
];

function ofOperator(object: KubeObject): string | undefined {
  const spec = cursor(object).get('spec');
  return ELSEWHERE.find(([key]) => spec.get(key).exists)?.[1];
}

/** `elements` in place of `panels`. https://grafana.com/docs/grafana/latest/as-code/observability-as-code/schema-v2/ */
function ofSchema(object: KubeObject): string | undefined {
  return cursor(object).get('spec', 'elements').exists ? 'panels of the second schema are not read' : undefined;
}
