/**
 * The sidecar beside Grafana that fetches dashboards from ConfigMaps, and the dashboards that it does not find. Variables and their
 * defaults by https://github.com/kiwigrid/k8s-sidecar; Grafana's chart sets them from `sidecar.dashboards`.
 */
import { environmentOf } from '../../model/env.ts';
import { containers, cursor, podSpec, workloadName, type KubeObject, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { mountedDashboards } from './dashboards.ts';

/** Which ConfigMaps a sidecar fetches. */
export interface DashboardSidecar {
  /** `Deployment monitoring/grafana`. */
  readonly workload: string;
  readonly label: string;
  /** Absent: any value will do. */
  readonly value?: string;
  readonly namespaces: readonly string[] | 'any';
}

/** A dashboard in a ConfigMap that no sidecar fetches and no pod mounts. */
export interface UnfetchedDashboard {
  readonly title: string;
  /** `ConfigMap shop/dashboards`. */
  readonly holder: string;
  readonly sidecar: DashboardSidecar;
  readonly origin: Origin;
}

/** The sidecars of all workloads; `undefined` where one may look for what cannot be told. Reads the class `kubernetes`. */
export function dashboardSidecars(view: PlatformView): readonly DashboardSidecar[] | undefined {
  const all = view.workloads().flatMap((workload) => sidecarsOf(view, workload));
  const known = all.flatMap((each) => each ?? []);
  return known.length < all.length ? undefined : known;
}

/** Empty where no sidecar is seen: another Grafana may fetch by rules of its own. Reads the class `kubernetes`. */
export function unfetchedDashboards(view: PlatformView): UnfetchedDashboard[] {
  const sidecars = dashboardSidecars(view) ?? [];
  const [first] = sidecars;
  if (first === undefined) return [];
  const isFound = ({ object }: { readonly object: KubeObject }): boolean =>
    sidecars.some((each) => fetches(each, object)) || isTakenOtherwise(view, object);
  const all = mountedDashboards(view);
  const shown = new Set(all.filter(isFound).map(({ title }) => title));
  return all
    .filter(({ title }) => !shown.has(title))
    .map(({ object, title, origin }) => ({
      title,
      holder: `ConfigMap ${object.namespace ?? 'default'}/${object.name}`,
      sidecar: first,
      origin,
    }));
}

/** `grafana_dashboard=1`, as the sidecar asks for it. */
export function wantedBy({ label, value, namespaces }: DashboardSidecar): string {
  const where = namespaces === 'any' ? 'any namespace' : `namespace ${namespaces.join(', ')}`;
  return `the label ${label}${value === undefined ? '' : `=${value}`} in ${where}`;
}

function fetches(
  { label, value, namespaces }: DashboardSidecar,
  { labels, namespace = 'default' }: KubeObject,
): boolean {
  return (
    Object.hasOwn(labels, label) &&
    (value === undefined || labels[label] === value) &&
    (namespaces === 'any' || namespaces.includes(namespace))
  );
}

/** Mounted by a pod, named by an object of grafana-operator, or meant for the console of OpenShift. */
function isTakenOtherwise(view: PlatformView, { name, namespace = 'default', labels }: KubeObject): boolean {
  if (Object.keys(labels).some((label) => label.startsWith('console.openshift.io/'))) return true;
  const holders = [
    ...view
      .workloads()
      .map((workload) => ({ namespace: workload.namespace, at: podSpec(workload).get('volumes').value })),
    ...view
      .objects('GrafanaDashboard')
      .map((object) => ({ namespace: object.namespace ?? 'default', at: cursor(object).get('spec').value })),
  ];
  return holders.some((each) => each.namespace === namespace && names(each.at, name));
}

function names(value: unknown, name: string): boolean {
  if (value === name) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some((each) => names(each, name));
}

function sidecarsOf(view: PlatformView, workload: Workload): (DashboardSidecar | undefined)[] {
  return containers(workload).flatMap(({ name, at }) => {
    if (!/(?:^|\/)k8s-sidecar(?:[:@]|$)/.test(at.get('image').string() ?? '')) return [];
    const variables = environmentOf(view, workload).filter(({ container }) => container === name);
    const valueOf = (variable: string): string | undefined => {
      const source = variables.findLast((each) => each.name === variable)?.source;
      return source !== undefined && 'value' in source ? source.value : undefined;
    };
    const isSet = (variable: string): boolean => variables.some((each) => each.name === variable);
    const label = valueOf('LABEL');
    if (![name, valueOf('FOLDER') ?? '', label ?? ''].some((word) => /dashboard/i.test(word))) return [];
    const isOpen = isSet('*') || (isSet('LABEL_VALUE') && valueOf('LABEL_VALUE') === undefined);
    if (label === undefined || isOpen) return [undefined];
    const value = valueOf('LABEL_VALUE') ?? '';
    const where = valueOf('NAMESPACE') ?? '';
    return [
      {
        workload: workloadName(workload),
        label,
        ...(value !== '' && { value }),
        namespaces: where === 'ALL' ? 'any' : where === '' ? [workload.namespace] : where.split(/\s*,\s*/),
      },
    ];
  });
}
