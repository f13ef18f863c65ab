/** Each Grafana with its alerts and where it sends them, as an Alertmanager with alerts. */
import { oncePerPlatform } from '../../../../model/once.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import {
  namedIntervals,
  shownAt,
  type FoundAlertmanager,
  type NamedInterval,
  type Receiver,
  type Route,
} from '../../routing/index.ts';
import { orRefusal, Refused, type Refusal } from '../../shapes/refused.ts';
import { grafanaAlerts, type GrafanaAlert } from '../rules.ts';
import type { Scope } from '../scopes.ts';
import { labelsOfAlert } from './arriving.ts';
import { readContactPoints } from './contact-points.ts';
import { readPolicies } from './policies.ts';
import { withOwnRoutes } from './rule-routes.ts';
import { notifyingSources, type Entry, type Sources } from './sources.ts';
import { FilledInLater, hasVariable } from './variables.ts';
import { strayingWithoutData, type SentAlert } from './without-data.ts';

export interface GrafanaRouting {
  readonly alertmanager: FoundAlertmanager;
  readonly alerts: readonly SentAlert[];
  /** What of its alerts cannot be told. */
  readonly unseen: readonly string[];
}

/** Every Grafana that manages alerts or is told whom to tell. */
export const grafanas = oncePerPlatform((view: PlatformView): readonly GrafanaRouting[] => {
  const sources = notifyingSources(view);
  const alerts = grafanaAlerts(view);
  const all = [...Object.values(sources).flat(), ...alerts] as { readonly scopes: readonly Scope[] }[];
  return [...new Set(all.flatMap(({ scopes }) => scopes))].sort().map((scope) => {
    const within = <T extends { readonly scopes: readonly Scope[] }>(list: readonly T[]): T[] =>
      list.filter(({ scopes }) => scopes.includes(scope));
    return grafana(scope, within(alerts), {
      contactPoints: within(sources.contactPoints),
      policies: within(sources.policies),
      intervals: within(sources.intervals),
    });
  });
});

function grafana(name: Scope, managed: readonly GrafanaAlert[], sources: Sources): GrafanaRouting {
  const counted = managed.filter(({ anything }) => anything !== true);
  const tree = treeOf(sources.policies);
  const directed = tree.root === undefined ? counted.filter(({ own }) => own !== undefined) : counted;
  const left = counted.filter((alert) => !directed.includes(alert));
  const base = { name, origin: originOf(sources, managed), rejected: [], editable: false, ofGrafana: true } as const;
  const found = configOf(tree, directed, sources);
  const alerts = directed.map((alert): SentAlert => ({ alert, name: alert.name, labels: labelsOfAlert(alert) }));
  return {
    alertmanager: { ...base, ...found },
    alerts: [...alerts, ...(found.config === undefined ? [] : strayingWithoutData(found.config, alerts))],
    unseen: [
      ...managed.flatMap(({ anything, condition }) =>
        anything === true && 'because' in condition ? [condition.because] : [],
      ),
      ...(left.length === 0 ? [] : [undirected(left, tree.because)]),
    ],
  };
}

function originOf({ policies, contactPoints }: Sources, managed: readonly GrafanaAlert[]): FoundAlertmanager['origin'] {
  const [entry] = [...policies, ...contactPoints];
  return entry === undefined ? (managed[0]?.origin ?? { path: '' }) : (entry.shownAt ?? entry.at.origin);
}

function undirected(alerts: readonly GrafanaAlert[], because: string): string {
  const names = [...new Set(alerts.map(({ name }) => name))];
  const listed = names.length > 5 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : names.join(', ');
  return `whom Grafana tells of ${alerts.length === 1 ? 'the alert' : `the ${alerts.length} alerts`} that it manages (${listed}) cannot be told: ${because}`;
}

interface Tree {
  /** Undefined where the policies are not known. */
  readonly root?: Route;
  readonly refused?: Refusal;
  readonly because: string;
}

const NO_POLICIES =
  'no notification policies are in the manifests, and those of a new Grafana lead to nobody (grafana-default-email, <example@email.com>)';

/** Grafana has one tree: of several it cannot be told which was applied last. */
function treeOf(policies: readonly Entry[]): Tree {
  const distinct = [...new Map(policies.map((entry) => [JSON.stringify(entry.at.value), entry])).values()];
  const [entry, second] = distinct;
  if (entry === undefined) return { because: NO_POLICIES };
  if (second !== undefined) {
    const holders = [...new Set(distinct.map(({ holder }) => holder))].join(' and ');
    return {
      because: `its one tree of policies is set ${distinct.length} times (${holders}), and the last one applied counts`,
    };
  }
  if (entry.refused !== undefined)
    return { refused: placed({ because: entry.refused, origin: entry.at.origin }, entry), because: '' };
  if (entry.because !== undefined) return { because: `${entry.holder}: ${entry.because}` };
  const read = readingOf(() => readPolicies(entry.at));
  if ('because' in read) return { because: `${entry.holder}: ${read.because}` };
  if ('refused' in read) return { refused: placed(read.refused, entry), because: '' };
  return { root: entry.shownAt === undefined ? read.value : shownAt(read.value, entry.shownAt), because: '' };
}

function placed(refusal: Refusal, { holder, shownAt: origin }: Entry): Refusal {
  return { ...refusal, because: `${refusal.because} (${holder})`, ...(origin !== undefined && { origin }) };
}

function readingOf<T>(read: () => T): ReturnType<typeof orRefusal<T>> | { readonly because: string } {
  try {
    return orRefusal(read);
  } catch (error) {
    if (error instanceof FilledInLater) return { because: error.message };
    throw error;
  }
}

/** What stands in for a tree that is not known: only rules with a contact point of their own are sent through it. */
const UNKNOWN_ROOT: Route = {
  id: 'policy',
  receiver: 'grafana-default-email',
  matchers: [],
  continues: false,
  routes: [],
  groupBy: ['grafana_folder', 'alertname'],
  groupWait: 30,
  groupInterval: 300,
  repeatInterval: 14_400,
  muted: [],
  active: [],
};

type Found = Pick<FoundAlertmanager, 'config' | 'refused' | 'unseen'>;

function configOf(tree: Tree, directed: readonly GrafanaAlert[], sources: Sources): Found {
  if (tree.refused !== undefined) return { config: undefined, refused: tree.refused };
  if (tree.root === undefined && directed.length === 0) return { config: undefined };
  const open = sources.intervals.find(({ because }) => because !== undefined);
  const read = readingOf(() => {
    const intervals = intervalsOf(sources.intervals);
    const root = withOwnRoutes(
      tree.root ?? UNKNOWN_ROOT,
      directed.flatMap(({ own }) => own ?? []),
    );
    const receivers = withNamed(readContactPoints(sources.contactPoints), root);
    if (tree.root !== undefined || sources.contactPoints.length > 0)
      checkReferences(root, receivers, intervals, sources);
    return { root, receivers, intervals, inhibitRules: [] };
  });
  if ('because' in read) return { config: undefined, unseen: read.because };
  if ('refused' in read) return { config: undefined, refused: read.refused };
  if (open !== undefined) return { config: undefined, unseen: `${open.holder}: ${open.because ?? ''}` };
  return { config: read.value };
}

function intervalsOf(entries: readonly Entry[]): NamedInterval[] {
  const distinct = [...new Map(entries.map((entry) => [JSON.stringify(entry.at.value), entry])).values()];
  return namedIntervals(distinct.map(({ at }) => at));
}

function named(route: Route): Route[] {
  return [route, ...route.routes.flatMap(named)];
}

/** Contact points that are named and stand where they are not seen: by a variable, or where no contact point is in the manifests at all. */
function withNamed(receivers: readonly Receiver[], root: Route): Receiver[] {
  const names = new Set(named(root).map(({ receiver }) => receiver));
  const none = receivers.every(({ origin }) => origin === undefined);
  const elsewhere = [...names].filter(
    (name) => !receivers.some((one) => one.name === name) && (none || hasVariable(name)),
  );
  const unseen = none ? 'no contact points are in the manifests' : 'its name is filled in later';
  return [...receivers, ...elsewhere.map((name) => ({ name, integrations: [], unseen }))];
}

function checkReferences(
  root: Route,
  receivers: readonly Receiver[],
  intervals: readonly NamedInterval[],
  { intervals: seen }: Sources,
): void {
  const missing = (what: string, name: string, known: readonly string[], origin: Route['origin']): never => {
    throw new Refused(`${what} "${name}" does not exist; there are ${known.join(', ')}`, origin, true);
  };
  const made = receivers.flatMap(({ name, origin }) => (origin === undefined ? [] : [name]));
  const timings = intervals.map(({ name }) => name);
  for (const { receiver, muted, active, origin } of named(root)) {
    if (!receivers.some(({ name }) => name === receiver)) missing('contact point', receiver, made, origin);
    const timing = [...muted, ...active].find((name) => !timings.includes(name));
    if (timing !== undefined && seen.length === 0)
      throw new FilledInLater(`mute timing "${timing}" is not in the manifests`);
    if (timing !== undefined) missing('mute timing', timing, timings, origin);
  }
}
