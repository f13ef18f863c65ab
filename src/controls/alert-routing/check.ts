import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { judgeDelay } from './delay.ts';
import { judgeInhibition } from './inhibited.ts';
import type { Routing, Side } from './input.ts';
import { judgeMuted } from './muted.ts';
import { judgePaging, pagingAlerts } from './paging.ts';
import { judgeReaching } from './reaching.ts';
import { judgeRotations, judgeTrees } from './tree.ts';
import { judgeSides, listed, receiversOf, type Judged, type JudgedSide } from './ways.ts';

export interface Params {
  readonly label: string;
  readonly meaning: Readonly<Record<string, string>>;
  readonly silent: readonly string[];
  readonly paging: readonly string[];
  readonly unused: boolean;
}

export function check(_subject: Subject, input: Routing, params: Params): Result {
  const sides = judgeSides(input);
  const { findings, open } = judge(input, sides, params);
  if (findings.length > 0) return failOr(findings, '');
  const [because] = open;
  if (because !== undefined)
    return inconclusive(open.length > 1 ? `${because} (and ${open.length - 1} more)` : because);
  return failOr([], summary(input, sides, params), {
    alerts: sum(sides, (side) => side.input.alerts.length),
    paging: sum(sides, (side) => pagingAlerts(side.input, params).length),
    routes: routesIn(sides),
    dead: 0,
  });
}

/** Everything that is wrong, and everything that cannot be told. */
export function judge(
  input: Routing,
  sides: readonly JudgedSide[],
  params: Params,
): { findings: Finding[]; open: string[] } {
  const each = sides.map((side) => judgeSide(side, params));
  return {
    findings: [
      ...nothingThere(input),
      ...nothingSent(input),
      ...each.flatMap(({ findings }) => findings),
      ...judgeRotations(sides, params),
    ],
    open: [...unseen(input), ...each.flatMap(({ open }) => open)],
  };
}

function judgeSide({ input, judged }: JudgedSide, params: Params): { findings: Finding[]; open: string[] } {
  const paging = judgePaging(input, judged, params);
  const reaching = judgeReaching(input, judged, params, paging.lost);
  return {
    findings: [
      ...judgeTrees(input, judged, params),
      ...paging.findings,
      ...reaching.findings,
      ...judgeMuted(input, judged, params),
      ...judgeInhibition(input, judged, params),
      ...judgeDelay(input, judged, params),
    ],
    open: [...paging.open, ...reaching.open],
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

function unseen(input: Routing): string[] {
  const { alertmanagers, alerts, unseen: relabelling, rotations, ofGrafana = [] } = input;
  const inGrafana = ofGrafana.flatMap((side) => [...hiddenIn(side), ...side.unseen]);
  if (alerts.length === 0 && ofGrafana.some((side) => side.alerts.length + side.unseen.length > 0))
    return [...relabelling, ...inGrafana];
  return [...ofPrometheus(), ...inGrafana];

  function ofPrometheus(): string[] {
    const hidden = hiddenIn(input);
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
}

function hiddenIn({ alertmanagers }: Side): string[] {
  return alertmanagers.flatMap(({ name, unseen: because }) => (because === undefined ? [] : [`${name}: ${because}`]));
}

function summary(input: Routing, sides: readonly JudgedSide[], params: Params): string {
  const receivers = sides.flatMap((side) => {
    const paging = pagingAlerts(side.input, params);
    return side.judged.flatMap(({ answer }) =>
      paging.flatMap(({ index }) => answer.alerts[index]?.ways.flatMap(receiversOf) ?? []),
    );
  });
  const alerts = sum(sides, (side) => side.input.alerts.length);
  const paging = sum(sides, (side) => pagingAlerts(side.input, params).length);
  const unsaid = input.severities.some(({ page }) => page)
    ? ''
    : '; the spec names no severity that pages, so whom they wake was not judged';
  const pages = paging === 0 ? '' : `, ${paging} of them ${paging === 1 ? 'pages' : 'page'} ${listed(receivers)}`;
  return `${counted(alerts, 'alert')} ${alerts === 1 ? 'reaches' : 'reach'} a receiver${pages}; ${counted(routesIn(sides), 'route')}, none dead${unsaid}`;
}

function routesIn(sides: readonly JudgedSide[]): number {
  return sum(sides, ({ judged }) => judged.reduce((total, { config }) => total + countRoutes(config.root), 0));
}

function sum(sides: readonly JudgedSide[], count: (side: JudgedSide) => number): number {
  return sides.reduce((total, side) => total + count(side), 0);
}

function countRoutes(route: Judged['config']['root']): number {
  return 1 + route.routes.reduce((total, child) => total + countRoutes(child), 0);
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
