import type { Finding } from '../../model/result.ts';
import { silence, type Route, type Way } from '../../proofs/alerting/routing/index.ts';
import type { Params } from './check.ts';
import type { Alert, Rotation, Routing } from './input.ts';
import {
  always,
  integrationsOf,
  labelsText,
  listed,
  quietWhile,
  receiversOf,
  type Judged,
  unfilledIn,
  unseenOn,
} from './ways.ts';

export interface Verdict {
  readonly findings: readonly Finding[];
  /** What cannot be told. */
  readonly open: readonly string[];
}

interface Paging {
  readonly alert: Alert;
  readonly index: number;
  readonly severity: string;
}

/** The alerts whose severity pages. */
export function pagingAlerts({ alerts, severities }: Routing, params: Params): Paging[] {
  return alerts.flatMap((alert, index) => {
    const severity = severityOf(alert, severities, params);
    return severity?.page === true && alert.dropped !== 'yes' ? [{ alert, index, severity: severity.name }] : [];
  });
}

function severityOf(
  alert: Alert,
  severities: Routing['severities'],
  params: Params,
): Routing['severities'][number] | undefined {
  const [value] = valueOf(alert, params);
  if (value === undefined) return undefined;
  const named = (params.meaning[value] ?? value).toLowerCase();
  return severities.find(({ name }) => name.toLowerCase() === named);
}

/** What the label of severities says, where the rule sets it. */
function valueOf({ labels }: Alert, { label }: Params): string[] {
  const value = labels.known[label];
  return value?.kind === 'is' ? [value.value] : [];
}

/** Whether a receiver wakes somebody who is on call for a severity; otherwise why not. */
export function whyNoPage(
  receiver: string,
  severity: string,
  { config }: Judged,
  rotations: readonly Rotation[] | undefined,
  { paging }: Params,
): string | undefined {
  const integrations = integrationsOf(config, receiver);
  const unfilled = unfilledIn(config, receiver);
  if (unfilled.length > 0 && !integrations.some((kind) => paging.includes(kind)))
    return `${receiver}, whose ${listed(unfilled)} nobody has filled in`;
  if (integrations.length === 0) return `${receiver}, which notifies nobody`;
  if (!integrations.some((kind) => paging.includes(kind)))
    return `${receiver}, which wakes nobody (${listed(integrations)})`;
  if (rotations === undefined) return undefined;
  const own = rotations.filter((rotation) => rotation.receiver === receiver);
  if (own.length === 0) return `${receiver}, behind which the spec names no rotation`;
  if (own.some(({ severities }) => severities.includes(severity))) return undefined;
  return `${receiver}, whose rotation ${listed(own.map(({ name }) => name))} does not take ${severity}`;
}

/** Every alert whose severity pages must always wake somebody who is on call for it, at any hour. */
export function judgePaging(
  input: Routing,
  judged: readonly Judged[],
  params: Params,
): Verdict & { readonly lost: ReadonlySet<Alert> } {
  const lost = new Map<string, Paging[]>();
  const muted = new Map<string, { paging: Paging; muted: Muted }[]>();
  const open: string[] = [];
  for (const paging of pagingAlerts(input, params)) {
    const each = judged.map((one) => judgeOne(paging, one, input, params));
    if (each.length === 0 || each.some(({ answer }) => answer === 'pages')) continue;
    const [worst] = each;
    if (worst?.answer === 'lost' && each.every(({ answer }) => answer === 'lost')) add(lost, worst.where, paging);
    else if (worst?.answer === 'muted') add(muted, worst.route.id, { paging, muted: worst });
    else if (worst?.answer === 'open') open.push(`whether ${paging.alert.name} pages ${worst.because}`);
  }
  return {
    findings: [
      ...[...lost].map(([where, all]) => notPaged(where, all, input, params)),
      ...[...muted.values()].flatMap(mutedFinding),
    ],
    open,
    lost: new Set([...lost.values()].flat().map(({ alert }) => alert)),
  };
}

interface Muted {
  readonly answer: 'muted';
  readonly route: Route;
  readonly stretch: string;
}

type One =
  | { readonly answer: 'pages' }
  | { readonly answer: 'lost'; readonly where: string }
  | Muted
  | { readonly answer: 'open'; readonly because: string };

function judgeOne({ alert, index, severity }: Paging, judged: Judged, { rotations }: Routing, params: Params): One {
  const ways = judged.answer.alerts[index];
  if (ways === undefined) return { answer: 'open', because: 'cannot be told' };
  const wakes = (receiver: string): boolean => whyNoPage(receiver, severity, judged, rotations, params) === undefined;
  const reached = always(alert, ways, judged.config.root, (way) => way.result.some(({ receiver }) => wakes(receiver)));
  const hidden = reached.answer === 'yes' ? undefined : unseenIn(ways.ways, judged, wakes);
  if (hidden !== undefined) return { answer: 'open', because: `cannot be told: it goes to ${hidden}` };
  if (reached.answer === 'no')
    return {
      answer: 'lost',
      where: listed(
        receiversOf(reached.way).map((name) => whyNoPage(name, severity, judged, rotations, params) ?? name),
      ),
    };
  if (reached.answer === 'open')
    return {
      answer: 'open',
      because:
        reached.way === undefined
          ? 'cannot be told: its ways are too many'
          : `depends on its labels: with ${labelsText(reached.way.witness)} it goes to ${listed(receiversOf(reached.way))}`,
    };
  return quiet(ways.ways, judged, wakes);
}

/** The receiver of which it cannot be told whom it notifies, on a way on which nobody else is woken. */
function unseenIn(ways: readonly Way[], { config }: Judged, wakes: (receiver: string) => boolean): string | undefined {
  const silent = ways.filter(({ result }) => !result.some(({ receiver }) => wakes(receiver)));
  const [first] = silent.flatMap((way) => unseenOn(config, way) ?? []);
  return first;
}

/** When those who would be woken are not, on the first way on which that happens. */
function quiet(ways: readonly Way[], { config }: Judged, wakes: (receiver: string) => boolean): One {
  for (const way of ways) {
    const waking = way.result.filter(({ receiver }) => wakes(receiver));
    if (waking.length === 0) continue;
    const silent = silence(waking, config);
    if (silent === undefined)
      return { answer: 'open', because: 'at all hours depends on intervals of several time zones' };
    if (silent.when === 'never') continue;
    const [route] = waking;
    if (route === undefined) continue;
    return {
      answer: 'muted',
      route,
      stretch: silent.when === 'always' ? 'at every hour' : `such as on ${silent.first}`,
    };
  }
  return { answer: 'pages' };
}

function notPaged(where: string, all: readonly Paging[], { rotations }: Routing, params: Params): Finding {
  const severities = [...new Set(all.map(({ severity }) => severity))].sort();
  const names = all.map(({ alert }) => alert.name);
  const several = names.length > 1;
  const takers = (rotations ?? []).filter((rotation) => rotation.severities.some((one) => severities.includes(one)));
  const receivers = takers.flatMap(({ receiver }) => receiver ?? []);
  const [first] = all;
  const carried = `${params.label}=~"${[...new Set(all.flatMap(({ alert }) => valueOf(alert, params)))].sort().join('|')}"`;
  return {
    message: `${listed(names)} (${severities.join(', ')}) ${several ? 'do' : 'does'} not page: ${several ? 'they go' : 'it goes'} to ${where}`,
    severity: 'high',
    ...(first !== undefined && { origin: first.alert.origin }),
    remediation:
      receivers.length === 0
        ? `Route ${carried} to a receiver that pages.`
        : `Route ${carried} to ${listed(receivers)}, before any route that takes ${several ? 'them' : 'it'} now.`,
  };
}

function mutedFinding(all: readonly { paging: Paging; muted: Muted }[]): Finding[] {
  const [first] = all;
  if (first === undefined) return [];
  const { route, stretch } = first.muted;
  const names = listed(all.map(({ paging }) => paging.alert.name));
  const severities = listed([...new Set(all.map(({ paging }) => paging.severity))].sort());
  return [
    {
      message: `${names} (${severities}) cannot page ${route.receiver} ${quietWhile(route)}, ${stretch}`,
      severity: 'high',
      ...(route.origin !== undefined && { origin: route.origin }),
      remediation: 'Take the time intervals off the route, or let another route page for as long as it is quiet.',
    },
  ];
}

function add<T>(groups: Map<string, T[]>, key: string, item: T): void {
  groups.set(key, [...(groups.get(key) ?? []), item]);
}
