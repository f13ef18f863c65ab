import { Cursor, isMapping } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { dashboardProblems } from './dashboard-schema.ts';
import { dataSources, type DataSource } from './data-sources.ts';
import { embedded } from './embedded.ts';
import { listOf, text, within } from './lenient.ts';

/** A query of a panel, an annotation or a variable. */
export interface DashboardQuery {
  /** Title of the panel, or `variable pod`. */
  readonly panel: string;
  readonly text: string;
  /** What the query asks, as far as its data source tells; `unknown`: a data source that is not in the repository. */
  readonly language: 'promql' | 'other' | 'unknown';
  readonly origin: Origin;
}

export interface Dashboard {
  readonly title: string;
  readonly uid?: string;
  readonly tags: readonly string[];
  readonly panels: readonly { readonly title: string; readonly type: string }[];
  /** Panels whose model, with its queries, is kept in Grafana. */
  readonly library: readonly string[];
  readonly queries: readonly DashboardQuery[];
  /** Data sources that it names by a fixed uid or name. */
  readonly sources: readonly { readonly name: string; readonly origin: Origin }[];
  /** What Grafana would refuse or draw wrongly. */
  readonly problems: readonly string[];
  /** Where it was found: the file, or `ConfigMap observability/dashboards`. */
  readonly from: string;
  readonly origin: Origin;
}

/**
 * Every dashboard, from files, from ConfigMaps (whether anything fetches them or not), from GrafanaDashboard objects and those of Grafana's
 * own API; one that lies in several places once. Reads the classes `grafana-dashboard` and `kubernetes`.
 */
export const dashboards = oncePerPlatform((view: PlatformView): readonly Dashboard[] => {
  const known = dataSources(view);
  const files = view
    .data('grafana-dashboard')
    .map(({ data, path, origin }) => read(new Cursor(data, origin), path, known));
  const found = [
    ...files,
    ...view.objects('ConfigMap').flatMap((object) => ofConfigMap(object, known)),
    ...view.objects('GrafanaDashboard').flatMap((object) => ofObject(object, known)),
    ...view.objects('Dashboard.dashboard.grafana.app').flatMap((object) => ofGrafana(object, known)),
  ];
  const seen = new Set<string>();
  return found.filter(({ uid, title }) => {
    const key = `${uid ?? ''} ${title}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
});

/** Each dashboard of each ConfigMap. Reads the class `kubernetes`. */
export function mountedDashboards(
  view: PlatformView,
): { readonly object: KubeObject; readonly title: string; readonly origin: Origin }[] {
  return view
    .objects('ConfigMap')
    .flatMap((object) => ofConfigMap(object, []).map(({ title, origin }) => ({ object, title, origin })));
}

function ofConfigMap(object: KubeObject, known: readonly DataSource[]): Dashboard[] {
  return cursor(object)
    .get('data')
    .entries()
    .flatMap(([key, text]) => {
      if (!key.endsWith('.json') || typeof text.value !== 'string') return [];
      return fromText(text.value, text.origin, `ConfigMap ${object.namespace ?? 'default'}/${object.name}`, known);
    });
}

/** grafana-operator: the model as text. Dashboards by URL or from grafana.com are not in the repository. */
function ofObject(object: KubeObject, known: readonly DataSource[]): Dashboard[] {
  const json = cursor(object).get('spec', 'json');
  if (typeof json.value !== 'string') return [];
  return fromText(json.value, json.origin, `GrafanaDashboard ${object.namespace ?? 'default'}/${object.name}`, known);
}

/** Grafana's own API: the model as it is, in the first schema, and the uid as the name. */
function ofGrafana(object: KubeObject, known: readonly DataSource[]): Dashboard[] {
  const model = cursor(object).get('spec');
  if (!Array.isArray(within(model, 'panels').value)) return [];
  const from = `Dashboard ${object.namespace ?? 'default'}/${object.name}`;
  return [{ ...read(model, from, known), uid: object.name }];
}

function fromText(text: string, origin: Origin, from: string, known: readonly DataSource[]): Dashboard[] {
  const data = embedded(text);
  if (data === undefined || !(Array.isArray(data['panels']) || Array.isArray(data['rows']))) return [];
  const whole = read(new Cursor(data, { path: '' }), from, known);
  // Within a text, its own place is all that can be pointed at.
  return [
    {
      ...whole,
      origin,
      sources: whole.sources.map((each) => ({ ...each, origin })),
      queries: whole.queries.map((query) => ({ ...query, origin })),
    },
  ];
}

function read(at: Cursor, from: string, known: readonly DataSource[]): Dashboard {
  const root = at.get('dashboard').exists ? at.get('dashboard') : at;
  const panels = panelsOf(root);
  const variables = variablesOf(root);
  const uid = text(root.get('uid'));
  const resolve = (source: Cursor): DashboardQuery['language'] => languageOf(source, known, variables);
  return {
    title: text(root.get('title')) ?? 'untitled',
    ...(uid === undefined ? {} : { uid }),
    tags: listOf(root.get('tags')).flatMap((tag) => text(tag) ?? []),
    panels: panels.map((panel) => ({ title: titleOf(panel) ?? '', type: text(panel.get('type')) ?? '' })),
    library: panels
      .filter((panel) => isMapping(panel.get('libraryPanel').value) && !panel.get('targets').exists)
      .map((panel) => titleOf(panel) ?? 'untitled'),
    queries: [...panels.flatMap((panel) => queriesOf(panel, resolve)), ...variableQueries(root, resolve)],
    sources: panels
      .flatMap((panel) => [panel, ...listOf(panel.get('targets'))])
      .flatMap((each) => sourceOf(each.get('datasource'))),
    problems: isMapping(root.value) ? dashboardProblems(root.value) : [],
    from,
    origin: root.origin,
  };
}

/** Panels of today, of rows (schema before 16), and those folded into row panels. Library panels carry a reference and no query. */
function panelsOf(root: Cursor): Cursor[] {
  const direct = [
    ...listOf(root.get('panels')),
    ...listOf(root.get('rows')).flatMap((row) => listOf(row.get('panels'))),
  ];
  return direct.flatMap((panel) => [panel, ...listOf(panel.get('panels'))]).filter((panel) => isMapping(panel.value));
}

/** A library panel is kept elsewhere; its reference says what it is called. */
function titleOf(panel: Cursor): string | undefined {
  return text(panel.get('title')) ?? text(within(panel, 'libraryPanel', 'name'));
}

function queriesOf(panel: Cursor, resolve: (source: Cursor) => DashboardQuery['language']): DashboardQuery[] {
  const targets = listOf(panel.get('targets'));
  const reckons = targets.some((target) => /^(?:__expr__|-100)$/.test(text(within(target, 'datasource', 'uid')) ?? ''));
  return targets.flatMap((target) => {
    // Grafana asks nothing for a hidden query, unless an expression of the panel may need it.
    if (target.get('hide').value === true && !reckons) return [];
    const expr = target.get('expr');
    if (typeof expr.value !== 'string' || expr.value.trim() === '') return [];
    const source = target.get('datasource').exists ? target.get('datasource') : panel.get('datasource');
    return [
      {
        panel: text(panel.get('title')) ?? 'untitled',
        text: expr.value,
        language: resolve(source),
        origin: expr.origin,
      },
    ];
  });
}

/** `label_values(metric{…}, label)` and `query_result(expr)`: what variables ask of Prometheus. */
function variableQueries(root: Cursor, resolve: (source: Cursor) => DashboardQuery['language']): DashboardQuery[] {
  return listOf(root.get('templating', 'list')).flatMap((variable) => {
    const query = variable.get('query');
    const held = isMapping(query.value) ? query.get('query') : query;
    const inner =
      typeof held.value === 'string'
        ? /^\s*(?:label_values\((.+),\s*\w+\s*\)|query_result\((.+)\))\s*$/s.exec(held.value)
        : null;
    const expr = inner?.[1] ?? inner?.[2];
    if (expr === undefined || text(variable.get('type')) !== 'query') return [];
    return [
      {
        panel: `variable ${text(variable.get('name')) ?? ''}`,
        text: expr,
        language: resolve(variable.get('datasource')),
        origin: held.origin,
      },
    ];
  });
}

/** Variables that stand for a data source, with the type that they choose from. */
function variablesOf(root: Cursor): ReadonlyMap<string, string> {
  const chosen = listOf(root.get('templating', 'list'))
    .filter((variable) => text(variable.get('type')) === 'datasource')
    .map((variable): [string, string] => [text(variable.get('name')) ?? '', text(variable.get('query')) ?? '']);
  const inputs = listOf(root.get('__inputs')).map((input): [string, string] => [
    text(input.get('name')) ?? '',
    text(input.get('pluginId')) ?? '',
  ]);
  return new Map([...chosen, ...inputs]);
}

function languageOf(
  source: Cursor,
  known: readonly DataSource[],
  variables: ReadonlyMap<string, string>,
): DashboardQuery['language'] {
  const type = typeOf(source, known, variables);
  if (type === undefined) return 'unknown';
  return /^(?:prometheus|grafana-amazonprometheus-datasource|grafana-azureprometheus-datasource|victoriametrics-metrics-datasource)$/.test(
    type,
  )
    ? 'promql'
    : 'other';
}

function typeOf(
  source: Cursor,
  known: readonly DataSource[],
  variables: ReadonlyMap<string, string>,
): string | undefined {
  if (!source.exists)
    return (known.find(({ isDefault }) => isDefault) ?? (known.length === 0 ? { type: 'prometheus' } : undefined))
      ?.type;
  const declared = isMapping(source.value) ? text(source.get('type')) : undefined;
  const name = isMapping(source.value) ? text(source.get('uid')) : text(source);
  const variable = /^\$\{?(\w+)\}?$/.exec(name ?? '')?.[1];
  return (
    declared ??
    (variable === undefined
      ? known.find((each) => each.uid === name || each.name === name)?.type
      : variables.get(variable))
  );
}

function sourceOf(source: Cursor): { readonly name: string; readonly origin: Origin }[] {
  const name = isMapping(source.value) ? text(source.get('uid')) : text(source);
  if (name === undefined || name.includes('$') || /^(?:-- .+ --|grafana|default)$/.test(name)) return [];
  return [{ name, origin: source.origin }];
}
