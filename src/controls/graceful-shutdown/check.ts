import type { Subject } from '../../model/control.ts';
import { seconds } from '../../model/duration.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { assessDrain, type Delays, type DrainAnswer, type DrainInput } from '../../proofs/drain/index.ts';
import { openAmong, refutation } from '../../proofs/disruption/index.ts';
import type { Shutdown } from './input.ts';

export interface Params {
  readonly propagation: string;
  readonly balancerPropagation: string;
  readonly requestTime: string;
  readonly surgeOnly: boolean;
}

export function check(_subject: Subject, shutdowns: Shutdown[], params: Params): Result {
  const judged = shutdowns.map((one) => ({ one, answer: assessDrain(drainOf(one, params), delaysOf(params)) }));
  const findings = judged.flatMap(({ one, answer }) => findingsFor(one, answer, params));
  const open = openAmong(
    judged.flatMap(({ answer }) => [answer.accepting, answer.grace, answer.balancers, answer.sidecar]),
  );
  if (findings.length === 0 && open !== undefined) return inconclusive(open);
  const assumed = shutdowns.some((one) => one.assumed);
  const [first] = judged;
  return failOr(findings, judged.map(summaryOf).join('; '), {
    workloads: judged.length,
    ...(judged.length === 1 &&
      first?.answer.needed !== undefined && { needed: first.answer.needed, grace: first.one.drain.grace.seconds }),
    ...(assumed && { assumes: `open requests take ${params.requestTime} at most (requestTime)` }),
  });
}

export function delaysOf({ propagation, balancerPropagation }: Params): Delays {
  return { propagation: seconds(propagation), balancer: seconds(balancerPropagation) };
}

const PRE_STOP =
  'Give the container a preStop that sleeps for as long, and count it into terminationGracePeriodSeconds.';
const OWN_WAIT =
  'Let the proxy accept for longer after it was told to stop (--shutdown-grace-period, requestAcceptGraceTimeout).';

const SIGNAL =
  'Start the program with exec, or put an init in front that signals all processes, such as dumb-init or tini -g.';

const KILLED = 'Remove stopSignal, or name the signal on which the program drains.';

/** With the param in place of a time that nobody stated. */
export function drainOf({ drain, assumed }: Shutdown, { requestTime }: Params): DrainInput {
  if (!assumed) return drain;
  return { ...drain, window: { ...drain.window, seconds: seconds(requestTime) } };
}

export function findingsFor(one: Shutdown, answer: DrainAnswer, params: Params): Finding[] {
  const { drain } = one;
  return [
    readiness(one),
    refutation(answer.accepting, 'high', drain.own === undefined ? PRE_STOP : OWN_WAIT),
    refutation(answer.grace, 'high', graceRemedy(drain, answer.needed)),
    refutation(answer.balancers, 'medium', `Set the deregistration delay to ${drain.window.seconds} s or more.`),
    refutation(answer.signal, 'medium', drain.killed === undefined ? SIGNAL : KILLED),
    params.surgeOnly ? surge(one) : undefined,
    deadline(one),
  ].filter((finding) => finding !== undefined);
}

function graceRemedy({ own, balancers }: DrainInput, needed: number | undefined): string {
  if (needed === undefined) return 'Make preStop no longer than the grace period.';
  const other = own === undefined ? '' : ', or shorten the drain of the proxy';
  const balanced = balancers.length === 0 || own !== undefined ? other : ', or shorten the deregistration delay';
  return `Set terminationGracePeriodSeconds to ${needed} or more${balanced}.`;
}

/** Without readiness a pod counts as ready once it runs, and its predecessor goes while it still starts. */
function readiness({ drain, ready }: Shutdown): Finding | undefined {
  if (ready || !drain.receives) return undefined;
  return {
    message: `container ${drain.container.name} of ${drain.id} has no readiness probe: a new pod gets requests before it answers, and the old one goes`,
    severity: 'high',
    origin: drain.container.origin,
    remediation: 'Add a readinessProbe that fails until the service can answer.',
  };
}

function surge({ drain, loss }: Shutdown): Finding | undefined {
  if (loss === undefined || !drain.receives) return undefined;
  return {
    message: `a rollout of ${drain.id} may take ${loss.pods} of ${loss.replicas} ready pods away before new ones are ready`,
    severity: 'medium',
    remediation: 'Set maxUnavailable: 0 and a maxSurge of at least 1 in the rolling update.',
    ...(drain.origin !== undefined && { origin: drain.origin }),
  };
}

function deadline({ drain, start }: Shutdown): Finding | undefined {
  if (start === undefined || start.seconds < start.deadline.value) return undefined;
  return {
    message: `probes give a pod of ${drain.id} ${start.seconds} s to start, and the rollout counts as failed after ${start.deadline.value} s without progress`,
    severity: 'low',
    origin: start.deadline.origin,
    remediation: 'Set progressDeadlineSeconds above the longest start-up that the probes allow.',
  };
}

function summaryOf({ one, answer }: { one: Shutdown; answer: DrainAnswer }): string {
  const sum = answer.grace.answer === 'yes' ? answer.grace.witness.summary : '';
  return `${one.drain.id}: ${sum}${one.drain.receives ? '' : '; nobody connects to it'}`;
}
