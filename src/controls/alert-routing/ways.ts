import {
  assessRouting,
  type AlertWays,
  type Route,
  type RoutingAnswer,
  type RoutingConfig,
  type Way,
} from '../../proofs/alerting/routing/index.ts';
import type { Alert, Routing, Side } from './input.ts';

/** A configuration with where all alerts go under it. */
export interface Judged {
  readonly name: string;
  readonly ofGrafana: boolean;
  readonly config: RoutingConfig;
  readonly answer: RoutingAnswer;
}

/** Alerts with their ways, of Prometheus and its kin first, then of each Grafana. */
export interface JudgedSide {
  readonly input: Routing;
  readonly judged: readonly Judged[];
}

export function judgeSides(input: Routing): JudgedSide[] {
  const { ofGrafana = [], unsent: _, ...common } = input;
  const own = { ...input, ofGrafana: [] };
  return [own, ...ofGrafana.map((side): Routing => ({ ...common, ...side }))].map((side) => ({
    input: side,
    judged: judgeAll(side),
  }));
}

function judgeAll({ alertmanagers, alerts }: Side): Judged[] {
  return alertmanagers.flatMap(({ name, config, ofGrafana = false }) =>
    config === undefined ? [] : [{ name, ofGrafana, config, answer: assessRouting(config, alerts) }],
  );
}

/** Whether something holds of an alert's way: always, never, or it depends, with a way on which it does not. */
export type Holds =
  | { readonly answer: 'yes' }
  | { readonly answer: 'no'; readonly way: Way }
  | { readonly answer: 'open'; readonly way?: Way };

/**
 * Asks of every way an alert may go. A way that depends on a label of which nothing is known, and that somebody wrote a route for, is
 * taken as meant: `namespace="dev"` to nobody says that alerts of `dev` are not wanted.
 */
export function always(alert: Alert, { ways, complete }: AlertWays, root: Route, holds: (way: Way) => boolean): Holds {
  const failing = ways.filter((way) => !holds(way));
  const [first] = failing;
  if (first === undefined) return complete ? { answer: 'yes' } : { answer: 'open' };
  if (complete && failing.length === ways.length) return { answer: 'no', way: first };
  const open = failing.find((way) => !way.result.every(({ id }) => isMeant(alert, pathTo(root, id))));
  return open === undefined ? { answer: 'yes' } : { answer: 'open', way: open };
}

function isMeant({ labels }: Alert, path: readonly Route[]): boolean {
  return path.some(({ matchers }) =>
    matchers.some(({ name, operator }) => labels.known[name]?.kind !== 'is' && (operator === '=' || operator === '=~')),
  );
}

function pathTo(route: Route, id: string): Route[] {
  if (route.id === id) return [route];
  for (const child of route.routes) {
    const below = pathTo(child, id);
    if (below.length > 0) return [route, ...below];
  }
  return [];
}

/** The kinds of integration of a receiver. */
export function integrationsOf({ receivers }: RoutingConfig, name: string): readonly string[] {
  return receivers.find((receiver) => receiver.name === name)?.integrations ?? [];
}

/** What keeps a receiver from notifying anybody that has integrations: the keys that nobody has filled in. */
export function unfilledIn({ receivers }: RoutingConfig, name: string): readonly string[] {
  return receivers.find((receiver) => receiver.name === name)?.unfilled ?? [];
}

/** Why it cannot be told whom a way notifies. */
export function unseenOn({ receivers }: RoutingConfig, { result }: Way): string | undefined {
  for (const { receiver } of result) {
    const because = receivers.find(({ name }) => name === receiver)?.unseen;
    if (because !== undefined) return `${receiver}: ${because}`;
  }
  return undefined;
}

export function receiversOf(way: Way): string[] {
  return [...new Set(way.result.map(({ receiver }) => receiver))];
}

/** `A, B, C and 12 more`. */
export function listed(names: readonly string[], most = 4): string {
  const distinct = [...new Set(names)];
  const rest = distinct.length - most;
  return rest > 1 ? `${distinct.slice(0, most).join(', ')} and ${rest} more` : distinct.join(', ');
}

/** `team="a", namespace missing`. */
export function labelsText(witness: Way['witness']): string {
  return Object.entries(witness)
    .map(([name, value]) => (value === '' ? `no ${name}` : `${name}=${JSON.stringify(value)}`))
    .join(', ');
}

/** When a route is quiet: `while nights holds`. */
export function quietWhile({ muted, active }: Pick<Route, 'muted' | 'active'>): string {
  return [
    ...(muted.length > 0 ? [`while ${listed(muted)} holds`] : []),
    ...(active.length > 0 ? [`outside of ${listed(active)}`] : []),
  ].join(' and ');
}
