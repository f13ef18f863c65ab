import type { Query, Subject } from '../../model/control.ts';
import type { PlatformView } from '../../model/platform.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Spec } from '../../model/spec.ts';
import { theEnvironment } from '../../model/subjects.ts';
import { TRACES, type Component } from './components.ts';
import { tracesOf, unreadCharts, type Trace } from './traces.ts';

interface Deployed {
  readonly deferred: Spec['deferred'];
  readonly traces: readonly Trace[];
  readonly unread: readonly string[];
}

interface Params {
  readonly components: readonly Component[];
}

/** Whether a component was put off is a decision: without a spec there is none to hold against. */
export function decidedEnvironment(view: PlatformView): Subject[] {
  return view.provisional ? [] : theEnvironment(view);
}

export function deployed(): Query<Deployed> {
  return (view) => ({ deferred: view.spec.deferred, traces: tracesOf(view), unread: unreadCharts(view) });
}

export function check(_subject: Subject, { deferred, traces, unread }: Deployed, params: Params): Result {
  const judged = Object.entries(TRACES)
    .map(([name, { named }]) => ({
      component: name as Component,
      entries: deferred.filter(({ component }) => named.test(component)),
    }))
    .filter(({ component, entries }) => entries.length > 0 || params.components.includes(component));
  const findings = judged.flatMap(({ component, entries }) =>
    entries.some(({ met }) => met !== undefined)
      ? []
      : premature(
          component,
          entries,
          traces.filter((trace) => trace.component === component),
        ),
  );
  const [chart] = unread;
  if (findings.length === 0 && chart !== undefined)
    return inconclusive(`${chart} installs charts whose names are not written there`);
  const met = judged.filter(({ entries }) => entries.some((entry) => entry.met !== undefined));
  return failOr(
    findings,
    `${judged.map(({ component }) => component).join(', ')}: none deployed before its trigger was met`,
    { judged: judged.length, met: met.length },
  );
}

function premature(component: Component, entries: Spec['deferred'], traces: readonly Trace[]): Finding[] {
  const [first] = traces;
  if (first === undefined) return [];
  const [entry] = entries;
  const { title } = TRACES[component];
  const count = traces.length === 1 ? '' : ` and ${traces.length - 1} more`;
  return [
    {
      message:
        entry === undefined
          ? `found ${title} (${first.what}${count}), and the spec records no decision for it`
          : `found ${title} (${first.what}${count}), and its trigger is not met: ${entry.trigger}`,
      severity: 'medium',
      origin: first.origin,
      remediation: 'Remove it, or record under deferred, with a date, that its trigger is met.',
    },
  ];
}
