/** What is promised while a dependency is broken and after it, held against what was seen. */
import { seconds } from '../../model/duration.ts';
import { isAlive, readinessOf } from '../../proofs/drilling/health.ts';
import { secondsUntil } from '../../proofs/drilling/wait.ts';
import { doubledOf, lostOf, someOf } from '../../proofs/drilling/writes.ts';
import { longestMs, unwell, type Lack } from './lacks.ts';
import type { Answers, Context, Customers, Subject } from './traffic.ts';

/** What a service owes its callers: every answer, refusals beside answers, or refusals up to a share of all. */
export type Owed =
  | { readonly kind: 'answers' }
  | { readonly kind: 'answers or refusals' }
  | { readonly kind: 'refusals up to'; readonly share: number };

/** `when`: to follow what is observed, `without cache`. */
export function judgeAnswers({ observe }: Context, subject: Subject, when: string, answers: Answers, owed: Owed): void {
  const { id, name, params, input } = subject;
  const { sent, refused, broken, kinds, longestMs } = answers;
  const of = `${broken + refused} of ${sent}${kinds === '' ? '' : `: ${kinds}`}`;
  if (owed.kind === 'answers')
    observe({
      name: `requests to ${name} that failed ${when}`,
      value: percent(broken + refused, sent),
      unit: '%',
      atMost: round(100 - (input.availability ?? 100)),
      predicted: 0,
      subject: id,
      detail: of,
    });
  else {
    observe({
      name: `requests to ${name} that got neither answer nor refusal ${when}`,
      value: percent(broken, sent),
      unit: '%',
      atMost: round(100 - (input.availability ?? 100)),
      predicted: 0,
      subject: id,
      detail: of,
    });
    observe({
      name: `requests to ${name} that were refused ${when}`,
      value: percent(refused, sent),
      unit: '%',
      ...(owed.kind === 'refusals up to' ? { atMost: owed.share * 100, predicted: owed.share * 100 } : {}),
      subject: id,
      detail: of,
    });
  }
  observe({
    name: `longest answer of ${name} ${when}`,
    value: longestMs / 1000,
    unit: 's',
    atMost: seconds(params.answersWithin),
    subject: id,
  });
}

/** Watches the replicas until all have said that something critical is missing, or the time for that is up; at least for `leastMs`. */
export async function watchCut(context: Context, { subject, stores, critical }: Lack, leastMs: number): Promise<void> {
  const {
    target: { parts },
    signal,
    observe,
  } = context;
  const { id, name, params } = subject;
  const store = stores.join(' and ');
  const replicas = parts.replicas(name);
  const began = performance.now();
  const gone = new Set<string>();
  let silent: readonly string[] = replicas;
  const look = async (): Promise<boolean> => {
    const states = await Promise.all(replicas.map((part) => readinessOf(parts, part)));
    for (const [index, part] of replicas.entries()) if (!states[index]!.ready) gone.add(part);
    silent = replicas.filter((_, index) => !states[index]!.degraded);
    return performance.now() - began >= leastMs && (!critical || silent.length === 0);
  };
  const limit = Math.max(seconds(params.noticesWithin), leastMs / 1000 + 1);
  const told = await secondsUntil(look, limit, signal);
  const alive = await Promise.all(replicas.map((part) => isAlive(parts, part)));
  const dead = replicas.filter((_, index) => !alive[index]);
  observe({
    name: `replicas of ${name} that a restart would not spare without ${store}`,
    value: dead.length,
    unit: 'replicas',
    is: 0,
    subject: id,
    ...(dead.length === 0 ? {} : { detail: `/livez of ${dead.join(', ')} fails` }),
  });
  if (critical)
    observe({
      name: `time until ${name} says that it lacks ${store}`,
      value: told,
      unit: 's',
      atMost: seconds(params.noticesWithin),
      subject: id,
      ...(silent.length === 0 ? {} : { detail: `${silent.join(', ')} said nothing at /readyz` }),
    });
  else
    observe({
      name: `replicas of ${name} out of rotation without ${store}`,
      value: gone.size,
      unit: 'replicas',
      is: 0,
      predicted: 0,
      subject: id,
      ...(gone.size === 0 ? {} : { detail: `${[...gone].join(', ')} left, and nothing of it is critical to ${name}` }),
    });
}

/** `after`: to follow "is as before", `after it was without cache`. */
export async function judgeRecovery(context: Context, subject: Subject, after: string): Promise<void> {
  const {
    target: { parts },
    signal,
    observe,
  } = context;
  const limit = seconds(subject.params.recoversWithin);
  let left: readonly string[] = [];
  const took = await secondsUntil(
    async () => {
      left = await unwell(parts, subject);
      return left.length === 0;
    },
    limit,
    signal,
  );
  observe({
    name: `time until ${subject.name} is well again ${after}`,
    value: took,
    unit: 's',
    atMost: limit,
    subject: subject.id,
    ...(left.length === 0 ? {} : { detail: left.join('; ') }),
  });
}

/**
 * What was acknowledged so far must be where it leads, once; what was not may be there or not. It speaks for all of these services, since nobody
 * sees from outside which of them has lost it.
 */
export async function judgeWrites(
  { signal, observe }: Context,
  { deed, acknowledged }: Customers,
  subjects: readonly Subject[],
  after: string,
): Promise<void> {
  let arrived: ReadonlyMap<string, number> = new Map();
  let lost: readonly string[] = [];
  const took = await secondsUntil(
    async () => {
      arrived = await deed.arrived();
      lost = lostOf(acknowledged, arrived);
      return lost.length === 0;
    },
    longestMs(subjects, ({ recoversWithin }) => recoversWithin) / 1000,
    signal,
  );
  const doubled = doubledOf(arrived);
  for (const { id } of subjects) {
    observe({
      name: `acknowledged ${deed.what} that are lost ${after}`,
      value: lost.length,
      unit: 'writes',
      is: 0,
      predicted: 0,
      subject: id,
      detail: `of ${acknowledged.size}, ${took.toFixed(1)} s later${someOf(lost)}`,
    });
    observe({
      name: `${deed.what} that arrived twice ${after}`,
      value: doubled.length,
      unit: 'writes',
      is: 0,
      predicted: 0,
      subject: id,
      ...(doubled.length === 0 ? {} : { detail: `of ${arrived.size}${someOf(doubled)}` }),
    });
  }
}

function percent(part: number, of: number): number {
  return of === 0 ? Number.NaN : round((part / of) * 100);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
