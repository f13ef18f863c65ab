import type { Finding } from '../../model/result.ts';
import { matcherText, type DeadRoute, type Route } from '../../proofs/alerting/routing/index.ts';
import type { Params } from './check.ts';
import type { Routing } from './input.ts';
import { pagingAlerts, whyNoPage } from './paging.ts';
import { listed, unseenOn, type Judged, type JudgedSide } from './ways.ts';

/** What of the configurations does nothing, or does not load. */
export function judgeTrees(input: Routing, judged: readonly Judged[], params: Params): Finding[] {
  return [
    ...input.alertmanagers.flatMap(({ name, refused, rejected, ofGrafana }) => [
      ...(refused === undefined
        ? []
        : [
            refusedFinding(
              ofGrafana
                ? `${name} does not take what says whom it tells`
                : `Alertmanager refuses the configuration of ${name}`,
              refused,
            ),
          ]),
      ...rejected.map((one) => refusedFinding(`the operator leaves out ${one.name}`, one.refusal)),
    ]),
    ...judged.flatMap(({ answer }) => answer.dead.map(deadFinding)),
    ...(params.unused && input.alerts.length > 0 ? judged.flatMap((one) => unusedFindings(one, input)) : []),
  ];
}

function refusedFinding(
  what: string,
  { because, origin, fromAbsence }: { because: string; origin?: Finding['origin']; fromAbsence?: true },
): Finding {
  return {
    message: `${what}: ${because}`,
    severity: 'high',
    ...(origin !== undefined && { origin }),
    ...(fromAbsence && { fromAbsence }),
    remediation: 'Correct it; until then the older configuration routes, or none.',
  };
}

function routeText({ matchers, receiver }: Route): string {
  return `the route ${matchers.length === 0 ? 'without matchers' : matchers.map(matcherText).join(', ')} to ${receiver}`;
}

function deadFinding({ route, because }: DeadRoute): Finding {
  const [shadow, second] = because === 'contradiction' ? [] : because.shadowedBy;
  const reason =
    because === 'contradiction'
      ? 'its matchers never hold together'
      : second === undefined && shadow !== undefined
        ? `${routeText(shadow)} takes everything before it and does not continue`
        : 'the routes before it take everything and do not continue';
  return {
    message: `no alert can take ${routeText(route)}: ${reason}`,
    severity: 'high',
    ...(route.origin !== undefined && { origin: route.origin }),
    remediation:
      because === 'contradiction'
        ? 'Correct the matchers, or remove the route.'
        : 'Move it before what takes its alerts, set continue: true there, or remove the route.',
  };
}

function unusedFindings({ answer }: Judged, { alerts }: Routing): Finding[] {
  const routes = answer.unused.map((route): Finding => ({
    message: `none of the ${alerts.length} alerts takes ${routeText(route)}`,
    severity: 'medium',
    ...(route.origin !== undefined && { origin: route.origin }),
    fromAbsence: true,
    remediation: 'Correct its matchers to the labels that alerts carry, or remove the route.',
  }));
  const rules = answer.idleRules.map(({ rule, side }): Finding => ({
    message: `none of the ${alerts.length} alerts can be the ${side} of the inhibition rule ${rule[side].map(matcherText).join(', ')}`,
    severity: 'medium',
    ...(rule.origin !== undefined && { origin: rule.origin }),
    fromAbsence: true,
    remediation: 'Correct its matchers to the labels that alerts carry, or remove the rule.',
  }));
  return [...routes, ...rules];
}

/** Rotations whose receiver exists nowhere, or that no page can reach. */
export function judgeRotations(sides: readonly JudgedSide[], params: Params): Finding[] {
  const all = sides.flatMap(({ judged, input }) => judged.map((one) => ({ one, input })));
  if (all.length === 0 || sides.some(({ judged, input }) => judged.length < input.alertmanagers.length)) return [];
  const rotations = sides[0]?.input.rotations ?? [];
  const paging = sides.flatMap(({ judged, input }) =>
    pagingAlerts(input, params).map((alert) => ({ ...alert, judged })),
  );
  return rotations.flatMap((rotation) => {
    const { name, receiver, severities } = rotation;
    if (receiver === undefined) return [];
    if (!all.some(({ one }) => one.config.receivers.some((known) => known.name === receiver)))
      return [
        missingReceiver(
          name,
          receiver,
          all.map(({ one }) => one),
        ),
      ];
    const reached = paging.some(
      ({ index, severity, judged }) =>
        severities.includes(severity) &&
        judged.some((one) =>
          one.answer.alerts[index]?.ways.some(
            (way) => way.result.some((route) => route.receiver === receiver) || unseenOn(one.config, way) !== undefined,
          ),
        ),
    );
    const deaf = all.every(({ one }) =>
      severities.every((severity) => whyNoPage(receiver, severity, one, rotations, params) !== undefined),
    );
    if (reached || deaf || paging.length === 0) return [];
    return [unreached(name, receiver, severities)];
  });
}

function missingReceiver(rotation: string, receiver: string, judged: readonly Judged[]): Finding {
  const known = judged.flatMap(({ config }) => config.receivers.map(({ name }) => name));
  return {
    message: `rotation ${rotation} is paged by receiver ${receiver}, which ${judged.some(({ ofGrafana }) => ofGrafana) ? 'neither an Alertmanager nor Grafana' : 'no Alertmanager'} has; there are ${listed(known, 6)}`,
    severity: 'high',
    fromAbsence: true,
    remediation: `Add the receiver ${receiver}, or correct onCall.rotations[].receiver of ${rotation}.`,
  };
}

function unreached(rotation: string, receiver: string, severities: readonly string[]): Finding {
  return {
    message: `no alert of ${severities.join(', ')} reaches ${receiver}, so rotation ${rotation} is never paged`,
    severity: 'medium',
    fromAbsence: true,
    remediation: `Route the alerts that ${rotation} answers to ${receiver}, or remove the rotation.`,
  };
}
