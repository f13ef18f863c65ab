import type { Subject } from '../../model/control.ts';
import { seconds } from '../../model/duration.ts';
import { failOr, inconclusive, type Result } from '../../model/result.ts';
import { asksTheSame, dependencyFaults, patienceOf, probeFaults } from './faults.ts';
import type { ProbedContainer, Shedding } from './input.ts';

export interface Params {
  readonly shedWithin: string;
}

export function check({ name }: Subject, input: Shedding, { shedWithin }: Params): Result {
  const { critical, containers, stores } = input;
  if (containers.length === 0) return inconclusive(`${name} has no container to look at`);
  const findings = [
    ...dependencyFaults(name, input),
    ...podsOf(containers).flatMap((pod) => probeFaults(pod, critical ?? [], seconds(shedWithin))),
  ];
  const open = unsaid(name, input);
  if (findings.length === 0 && open !== undefined) return inconclusive(open);
  return failOr(findings, summaryOf(input), {
    stores: stores.length,
    critical: critical?.length ?? 0,
    ...shedTime(containers),
    ...(critical !== undefined &&
      critical.length > 0 && { unseen: 'whether all replicas go at once when a shared dependency does' }),
  });
}

/** What has stores and says of none whether it can do without: nobody can tell what its readiness should follow. */
function unsaid(name: string, { critical, stores, flowsKnown }: Shedding): string | undefined {
  if (critical !== undefined) return undefined;
  if (!flowsKnown)
    return `nothing says what ${name} depends on: the spec has neither flows nor its criticalDependencies`;
  if (stores.length === 0) return undefined;
  return `${name} uses ${stores.join(', ')}, and the spec does not say which are critical (criticalDependencies; an empty list if none is)`;
}

function summaryOf({ critical = [], stores, containers }: Shedding): string {
  const without = stores.filter((store) => !critical.includes(store));
  const depends =
    critical.length === 0 ? 'depends on nothing critically' : `goes out of service for ${critical.join(', ')}`;
  const { shedSeconds } = shedTime(containers);
  return [
    depends,
    ...(critical.length > 0 && shedSeconds !== undefined ? [`within ${shedSeconds} s`] : []),
    ...(without.length > 0 ? [`does without ${without.join(', ')}`] : []),
    ...(containers.some(asksApart) ? ['liveness asks something else'] : []),
  ].join(', ');
}

function podsOf(containers: readonly ProbedContainer[]): ProbedContainer[][] {
  return [...Map.groupBy(containers, ({ workload }) => workload).values()];
}

function asksApart(container: ProbedContainer): boolean {
  const { livenessProbe, readinessProbe } = container.probes;
  return livenessProbe !== undefined && readinessProbe !== undefined && !asksTheSame(container);
}

/** Of the quickest container of each pod, the slowest. */
function shedTime(containers: readonly ProbedContainer[]): { shedSeconds?: number } {
  const times = podsOf(containers).map((pod) => Math.min(...pod.map(patienceOf)));
  const longest = Math.max(...times);
  return Number.isFinite(longest) ? { shedSeconds: longest } : {};
}
