import type { Query } from '../../model/control.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { dashboards, type Dashboard } from '../../proofs/alerting/dashboards.ts';
import {
  dashboardSidecars,
  unfetchedDashboards,
  type UnfetchedDashboard,
} from '../../proofs/alerting/dashboard-sidecars.ts';
import { dataSources } from '../../proofs/alerting/data-sources.ts';
import { unreadDashboards, type UnreadDashboard } from '../../proofs/alerting/unread-dashboards.ts';
import { exposedIn, usesOf, type ExpressionUse } from '../../proofs/alerting/metrics/index.ts';
import { TOPICS, type Candidate } from './topics.ts';

export interface Shown {
  readonly title: string;
  readonly from: string;
  readonly uid?: string;
  readonly problems: readonly string[];
  /** Data sources that it names and that nothing sets up. */
  readonly unknownSources: readonly { readonly name: string; readonly origin: Origin }[];
  readonly origin: Origin;
}

export interface Dashboards {
  readonly provisional: boolean;
  readonly production: boolean;
  readonly dashboards: readonly Shown[];
  /** Queries of all panels, and the titles of those that ask no Prometheus: what the dashboards are about. */
  readonly panels: readonly string[];
  /** Panels that are kept in Grafana's library, so that what they show is not seen. */
  readonly library?: readonly string[];
  /** Dashboards whose panels cannot be seen from here. */
  readonly unread?: readonly UnreadDashboard[];
  /** Dashboards that never come to Grafana. */
  readonly unfetched?: readonly UnfetchedDashboard[];
  /** Panels that something is to be said of. */
  readonly uses: readonly ExpressionUse[];
  /** Data sources whose address names an environment that is not this one. */
  readonly strangers: readonly {
    readonly name: string;
    readonly url: string;
    readonly environment: string;
    readonly origin: Origin;
  }[];
  /** Topics that are due here, with the query that could show each where one is fit. */
  readonly due: readonly { readonly topic: string; readonly candidate?: Candidate }[];
  /** Where new dashboards belong: beside Grafana, or what scrapes. */
  readonly place?: {
    readonly namespace: string;
    /** What the sidecar looks for. */
    readonly labels: Readonly<Record<string, string>>;
    readonly origin: Origin;
  };
}

/** Reads all that `usesOf` reads. */
export function shown(): Query<Dashboards> {
  return (view) => {
    const all = dashboards(view);
    const known = dataSources(view);
    const names = new Set(known.flatMap(({ name, uid }) => [name, ...(uid === undefined ? [] : [uid])]));
    const place = placeOf(view);
    const library = all.flatMap((each) => each.library);
    const unread = unreadDashboards(view);
    const unfetched = unfetchedDashboards(view);
    return {
      provisional: view.provisional,
      production: view.environment.kind === 'production',
      dashboards: all.map(({ title, from, uid, problems, sources, origin }) => ({
        title,
        from,
        ...(uid === undefined ? {} : { uid }),
        problems,
        unknownSources: known.length === 0 ? [] : onePerName(sources.filter(({ name }) => !names.has(name))),
        origin,
      })),
      panels: all.flatMap(subjectsOf),
      ...(library.length > 0 && { library }),
      ...(unread.length > 0 && { unread }),
      ...(unfetched.length > 0 && { unfetched }),
      uses: usesOf(view).filter(({ use, error, open }) => use === 'panel' && (error !== undefined || open.length > 0)),
      strangers: strangers(view, known),
      due: view.provisional || !/^(?:staging|production)$/.test(view.environment.kind) ? [] : due(view),
      ...(place === undefined ? {} : { place }),
    };
  };
}

/** The queries of a dashboard; for a panel of another language, and one that asks no Prometheus, its title. */
function subjectsOf({ queries, panels }: Dashboard): string[] {
  const asking = queries.filter(({ language }) => language !== 'other');
  const titles = new Set(asking.map(({ panel }) => panel));
  const others = panels.filter(({ type, title }) => !/^(?:row|text|dashlist|news)$/.test(type) && !titles.has(title));
  return [...asking.map(({ text }) => text), ...others.map(({ title }) => title)];
}

function onePerName<T extends { readonly name: string }>(found: readonly T[]): T[] {
  return [...new Map(found.map((each) => [each.name, each])).values()];
}

function strangers(view: PlatformView, known: ReturnType<typeof dataSources>): Dashboards['strangers'] {
  const others = [...view.spec.environments.map(({ name }) => name), 'staging', 'dev', 'test'].filter(
    (name) => name !== view.environment.name && name !== 'production',
  );
  return known.flatMap(({ name, url, origin }) => {
    const host = /^[a-z]+:\/\/([^/:]+)/i.exec(url ?? '')?.[1] ?? '';
    const environment = others.find((other) => host.split(/[.-]/).includes(other));
    return environment === undefined ? [] : [{ name, url: url ?? '', environment, origin }];
  });
}

function due(view: PlatformView): Dashboards['due'] {
  const kinds = new Set<string>(view.spec.stores.map(({ kind }) => kind));
  const isDue = (when: (typeof TOPICS)[number]['due']): boolean =>
    when === 'always' || (when === 'waf' ? view.spec.edge?.waf !== undefined : when.some((kind) => kinds.has(kind)));
  return TOPICS.filter((topic) => isDue(topic.due)).map(({ name, queries }) => {
    const candidate = queries.find(({ expr }) => exposedIn(view, expr));
    return { topic: name, ...(candidate === undefined ? {} : { candidate }) };
  });
}

/** What Grafana's chart makes its sidecar look for. */
const USUAL = { label: 'grafana_dashboard', value: '1' };

function placeOf(view: PlatformView): Dashboards['place'] {
  const grafana =
    view.workloads().find(({ name }) => /grafana/.test(name))?.object ??
    view.objects('Prometheus.monitoring.coreos.com')[0];
  if (grafana === undefined) return undefined;
  const own = grafana.namespace ?? 'default';
  const sidecars = dashboardSidecars(view) ?? [];
  const { label, value, namespaces } = sidecars[0] ?? { ...USUAL, namespaces: 'any' };
  const namespace = namespaces === 'any' || namespaces.includes(own) ? own : (namespaces[0] ?? own);
  return { namespace, labels: { [label]: value ?? USUAL.value }, origin: grafana.origin };
}
