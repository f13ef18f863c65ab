import { seconds, formatDuration } from '../../model/duration.ts';
import type { Finding } from '../../model/result.ts';
import type { Route } from '../../proofs/alerting/routing/index.ts';
import type { Params } from './check.ts';
import type { Routing } from './input.ts';
import { pagingAlerts, whyNoPage } from './paging.ts';
import { listed, type Judged } from './ways.ts';

/** A route that gathers alerts for longer than their severity gives people to respond: the page comes when it should be answered. */
export function judgeDelay(input: Routing, judged: readonly Judged[], params: Params): Finding[] {
  const late = new Map<string, { route: Route; names: string[]; severity: string; within: string }>();
  for (const { alert, index, severity } of pagingAlerts(input, params)) {
    const within = input.severities.find(({ name }) => name === severity)?.respondWithin ?? '';
    for (const one of judged) {
      for (const { result } of one.answer.alerts[index]?.ways ?? []) {
        const waking = result.filter(
          ({ receiver }) => whyNoPage(receiver, severity, one, input.rotations, params) === undefined,
        );
        const [soonest] = waking.toSorted((a, b) => a.groupWait - b.groupWait);
        if (soonest === undefined || soonest.groupWait < seconds(within)) continue;
        const key = `${soonest.id} ${severity}`;
        const group = late.get(key) ?? { route: soonest, names: [], severity, within };
        group.names.push(alert.name);
        late.set(key, group);
      }
    }
  }
  return [...late.values()].map(({ route, names, severity, within }) => ({
    message: `${listed(names)} (${severity}) ${new Set(names).size > 1 ? 'are' : 'is'} to be answered within ${within}, and the route to ${route.receiver} waits ${formatDuration(route.groupWait)} before it pages`,
    severity: 'high',
    ...(route.origin !== undefined && { origin: route.origin }),
    remediation: `Set group_wait of the route well below ${within}, such as 10s.`,
  }));
}
