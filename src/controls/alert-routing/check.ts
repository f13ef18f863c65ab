import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { judgeDelay } from './delay.ts';
import { judgeInhibition } from './inhibited.ts';
import type { Routing } from './input.ts';
import { judgePaging, pagingAlerts } from './paging.ts';
import { judgeReaching } from './reaching.ts';
import { judgeRotations, judgeTrees } from './tree.ts';
import { judgeAll, listed, receiversOf, type Judged } from './ways.ts';

export interface Params {
  readonly label: string;
  readonly meaning: Readonly<Record<string, string>>;
  readonly silent: readonly string[];
  readonly paging: readonly string[];
  readonly unused: boolean;
}

export function check(_subject: Subject, input: Routing, params: Params): Result {
  const judged = judgeAll(input);
  const { findings, open } = judge(input, judged, params);
  if (findings.length > 0) return failOr(findings, '');
  const [because] = open;
  if (because !== undefined)
    return inconclusive(open.length > 1 ? `${because} (and ${open.length - 1} more)` : because);
  return failOr([], summary(input, judged, params), {
    alerts: input.alerts.length,
    paging: pagingAlerts(input, params).length,
    routes: judged.reduce((total, { config }) => total + countRoutes(config.root), 0),
    dead: 0,
  });
}

/** Everything that is wrong, and everything that cannot be told. */
export function judge(
  input: Routing,
  judged: readonly Judged[],
  params: Params,
): { findings: Finding[]; open: string[] } {
  const paging = judgePaging(input, judged, params);
  const reaching = judgeReaching(input, judged, params, paging.lost);
  return {
    findings: [
      ...nothingThere(input),
      ...nothingSent(input),
      ...judgeTrees(input, judged, params),
      ...paging.findings,
      ...reaching.findings,
      ...judgeRotations(input, judged, params),
      ...judgeInhibition(input, judged, params),
      ...judgeDelay(input, judged, params),
    ],
    open: [...unseen(input), ...ofGrafana(input), ...paging.open, ...reaching.open],
  };
}

/** People are on call and nothing routes to them. */
function nothingThere({ alertmanagers, alerts, rotations }: Routing): Finding[] {
  if (alertmanagers.length > 0 || alerts.length === 0 || rotations === undefined) return [];
  return [
    {
      message: `${alerts.length} alerts and no configuration of an Alertmanager: nothing leads to the rotations ${listed(rotations.map(({ name }) => name))}`,
      severity: 'high',
      fromAbsence: true,
      remediation:
        'Add the configuration of the Alertmanager to what is deployed, with a route for each severity that pages.',
    },
  ];
}

/** Whatever the routes say, no alert comes to them. */
function nothingSent({ unsent = [], alerts, alertmanagers }: Routing): Finding[] {
  const [first] = unsent;
  if (first === undefined || alerts.length === 0 || alertmanagers.length === 0) return [];
  return [
    {
      message: `${alerts.length === 1 ? 'the alert fires' : `${alerts.length} alerts fire`} and nobody is told: ${unsent.map(({ name }) => name).join(', ')} ${unsent.length === 1 ? 'knows' : 'know'} no Alertmanager`,
      severity: 'critical',
      origin: first.origin,
      fromAbsence: true,
      remediation: 'Name the Alertmanager under alerting.alertmanagers.',
    },
  ];
}

/** Grafana routes what it manages by policies of its own, which lie in its database or in files of provisioning. */
function ofGrafana({ ofGrafana: names = [] }: Routing): string[] {
  if (names.length === 0) return [];
  return [
    `whom Grafana tells of ${names.length === 1 ? 'the alert' : `the ${names.length} alerts`} that it manages (${listed(names)}) cannot be told: its contact points and notification policies are not read`,
  ];
}

function unseen(input: Routing): string[] {
  const { alertmanagers, alerts, unseen: relabelling, rotations } = input;
  if (alerts.length === 0 && input.ofGrafana !== undefined) return [];
  const hidden = alertmanagers.flatMap(({ name, unseen: because }) =>
    because === undefined ? [] : [`${name}: ${because}`],
  );
  if (alerts.length === 0 && alertmanagers.length > 0 && relabelling.length > 0) return [...hidden, ...relabelling];
  if (alertmanagers.length === 0 && (rotations === undefined || alerts.length === 0))
    return [
      alerts.length === 0
        ? 'there are no alert rules and no configuration of an Alertmanager'
        : `where ${alerts.length} alerts go cannot be told: no configuration of an Alertmanager was found`,
    ];
  if (alerts.length === 0) return ['there are no alert rules to route'];
  return [...hidden, ...relabelling];
}

function summary(input: Routing, judged: readonly Judged[], params: Params): string {
  const paging = pagingAlerts(input, params);
  const receivers = judged.flatMap(({ answer }) =>
    paging.flatMap(({ index }) => answer.alerts[index]?.ways.flatMap(receiversOf) ?? []),
  );
  const routes = judged.reduce((total, { config }) => total + countRoutes(config.root), 0);
  const unsaid = input.severities.some(({ page }) => page)
    ? ''
    : '; the spec names no severity that pages, so whom they wake was not judged';
  const pages =
    paging.length === 0
      ? ''
      : `, ${paging.length} of them ${paging.length === 1 ? 'pages' : 'page'} ${listed(receivers)}`;
  return `${counted(input.alerts.length, 'alert')} ${input.alerts.length === 1 ? 'reaches' : 'reach'} a receiver${pages}; ${counted(routes, 'route')}, none dead${unsaid}`;
}

function countRoutes(route: Judged['config']['root']): number {
  return 1 + route.routes.reduce((total, child) => total + countRoutes(child), 0);
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
