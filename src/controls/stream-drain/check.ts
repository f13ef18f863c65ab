import type { Subject } from '../../model/control.ts';
import { formatDuration, seconds } from '../../model/duration.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { openAmong, refutation } from '../../proofs/disruption/index.ts';
import { assessDrain, type Delays, type DrainAnswer } from '../../proofs/drain/index.ts';
import type { StreamDrain, StreamDrains } from './input.ts';

export interface Params {
  readonly propagation: string;
  readonly balancerPropagation: string;
}

export function check(_subject: Subject, input: StreamDrains, params: Params): Result {
  const judged = input.workloads.map((one) => ({ one, answer: assessDrain(one.drain, delaysOf(params)) }));
  const findings = judged.flatMap(({ one, answer }) => findingsFor(one, answer));
  if (findings.length === 0 && !input.declared)
    return inconclusive(
      `how long sessions of ${input.paths.join(', ')} are given to end is not declared (drainWindow), so no grace period can be judged`,
    );
  const open = openAmong(
    judged.flatMap(({ answer }) => [answer.accepting, answer.grace, answer.balancers, answer.sidecar]),
  );
  if (findings.length === 0 && open !== undefined) return inconclusive(open);
  return failOr(findings, judged.map(summaryOf).join('; '), {
    streams: input.paths.length,
    ...(judged.length === 1 && {
      grace: judged[0]?.one.drain.grace.seconds ?? 0,
      needed: judged[0]?.answer.needed ?? 0,
    }),
    ...carried(input.workloads),
  });
}

export function delaysOf({ propagation, balancerPropagation }: Params): Delays {
  return { propagation: seconds(propagation), balancer: seconds(balancerPropagation) };
}

export function findingsFor({ drain, ready }: StreamDrain, answer: DrainAnswer): Finding[] {
  const grace =
    answer.needed === undefined
      ? 'Make preStop no longer than the grace period.'
      : `Set terminationGracePeriodSeconds to ${answer.needed} or more.`;
  return [
    ready ? undefined : unready({ drain }),
    refutation(
      answer.accepting,
      'high',
      'Give the container a preStop that sleeps for as long, and count it into terminationGracePeriodSeconds.',
    ),
    refutation(answer.grace, 'high', grace),
    refutation(answer.balancers, 'high', `Set the deregistration delay to ${drain.window.seconds} s or more.`),
    refutation(
      answer.signal,
      'high',
      drain.killed === undefined
        ? 'Start the program with exec, or put an init such as tini in front.'
        : 'Remove stopSignal, or name the signal on which the program drains.',
    ),
  ].filter((finding) => finding !== undefined);
}

function unready({ drain }: Pick<StreamDrain, 'drain'>): Finding {
  return {
    message: `container ${drain.container.name} of ${drain.id} has no readiness probe: while it drains by itself, nothing turns new sessions away`,
    severity: 'high',
    origin: drain.container.origin,
    remediation: 'Add a readinessProbe, and let it fail as soon as the drain begins.',
  };
}

/** Sessions also end where a proxy that carries them is replaced; a client that reconnects does not mind. */
function carried(workloads: readonly StreamDrain[]): Record<string, string> {
  const carriers = workloads.flatMap((one) => one.carriers);
  if (carriers.length === 0) return {};
  return {
    carriedBy: carriers
      .map(({ name, seconds: span }) => `${name}, ${formatDuration(span)} when it is replaced`)
      .join('; '),
  };
}

function summaryOf({ one, answer }: { one: StreamDrain; answer: DrainAnswer }): string {
  return `${one.drain.id}: ${answer.grace.answer === 'yes' ? answer.grace.witness.summary : ''}`;
}
