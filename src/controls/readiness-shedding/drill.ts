import { z } from 'zod';
import { seconds } from '../../model/duration.ts';
import { defineDrill, type DrillSubject, type Rehearsal, type StepContext } from '../../model/drill/drill.ts';
import type { Spec } from '../../model/spec.ts';
import { isAlive, primaryOf, readinessOf, replicasOf } from '../../proofs/drilling/health.ts';
import { secondsUntil } from '../../proofs/drilling/wait.ts';
import type { Shedding } from './input.ts';

interface Params {
  readonly shedWithin: string;
  readonly answersWithin: string;
  readonly recoversWithin: string;
  readonly ask?: string | undefined;
}
type Subject = DrillSubject<Shedding, Params>;
type Needs = 'parts' | 'edge' | 'people';
type Context = StepContext<Needs>;

/** Beyond what the target promised, until a step is given up: promises that are not kept are measured, not timed out. */
const PATIENCE_MS = 60_000;
const STORE = 'store/';
/** Kinds of stores that are a server of one's own, which a drill can stop. */
const SERVERS: readonly string[] = ['postgres', 'mysql', 'mariadb', 'redis', 'nats'];

export const drill = defineDrill({
  summary:
    'Each critical store hangs in turn: its services must say so, stay alive, refuse in time, and come back by themselves.',
  blastRadius:
    'Whoever needs the store waits or is refused while it hangs: in the lab some ten seconds for each store that a service declares as critical.',
  needs: ['parts', 'edge', 'people'],
  parameters: z.object({
    asks: z.int().min(1).max(1000).default(5).describe('Requests that are sent to each service while the store hangs.'),
  }),
  plan({ subjects, parameters, spec }: { subjects: readonly Subject[]; parameters: { asks: number }; spec: Spec }) {
    const critical = [...new Set(subjects.flatMap(({ input }) => storesOf(input)))].toSorted();
    const stores = critical.filter((store) => isStoppable(spec, store));
    const spokenFor = (subject: Subject) => storesOf(subject.input).some((store) => stores.includes(store));
    return {
      runs: stores.map((store) =>
        rehearsal(
          store.slice(STORE.length),
          subjects.filter(({ input }) => storesOf(input).includes(store)),
          parameters.asks,
        ),
      ),
      left: subjects
        .filter((subject) => !spokenFor(subject))
        .map(({ id, input }) => ({ subject: id, because: whyLeft(input) })),
    };
  },
});

function whyLeft({ critical }: Shedding): string {
  if (critical === undefined) return 'the spec does not say what is critical to it';
  if (critical.length === 0) return 'nothing is critical to it';
  return `${critical.join(', ')}: no drill can make that hang`;
}

function isStoppable({ stores }: Spec, id: string): boolean {
  return stores.some(({ name, kind }) => `${STORE}${name}` === id && SERVERS.includes(kind));
}

function storesOf({ critical = [] }: Shedding): readonly string[] {
  return critical.filter((one) => one.startsWith(STORE));
}

function rehearsal(store: string, subjects: readonly Subject[], asks: number): Rehearsal<Needs> {
  const longest = (of: (params: Params) => string) =>
    Math.max(...subjects.map(({ params }) => seconds(of(params)))) * 1000;
  return {
    name: `what happens when ${store} hangs`,
    subjects: subjects.map(({ id }) => id),
    hypothesis: [
      {
        name: `replicas that have all they need`,
        unit: 'share',
        timeoutMs: 30_000,
        settleMs: 60_000,
        tolerance: { atLeast: 1 },
        async measure({ target: { parts } }) {
          const all = subjects.flatMap(({ name }) => replicasOf(parts, name));
          const states = await Promise.all(all.map((part) => readinessOf(parts, part)));
          return states.filter(({ ready, degraded }) => ready && !degraded).length / all.length;
        },
      },
    ],
    method: [
      {
        name: `freeze ${store}`,
        kind: 'fault',
        timeoutMs: 30_000,
        run: ({ target: { parts } }) => parts.freeze(primaryOf(parts, store)),
      },
      {
        name: 'wait until every replica says so',
        kind: 'measure',
        timeoutMs: longest(({ shedWithin }) => shedWithin) + PATIENCE_MS,
        run: (context) => together(subjects, (subject) => measureShedding(context, store, subject)),
      },
      {
        name: 'ask for what needs it',
        kind: 'measure',
        timeoutMs: longest(({ answersWithin }) => answersWithin) * 2 + PATIENCE_MS,
        run: (context) => together(subjects, (subject) => measureAnswers(context, store, subject, asks)),
      },
      {
        name: `thaw ${store}`,
        kind: 'act',
        timeoutMs: 30_000,
        run: ({ target: { parts } }) => parts.thaw(primaryOf(parts, store)),
      },
      {
        name: 'wait until every replica is well again',
        kind: 'measure',
        timeoutMs: longest(({ recoversWithin }) => recoversWithin) + PATIENCE_MS,
        run: (context) => together(subjects, (subject) => measureRecovery(context, store, subject)),
      },
    ],
  };
}

async function together(subjects: readonly Subject[], work: (subject: Subject) => Promise<void>): Promise<void> {
  await Promise.all(subjects.map(work));
}

/** That it is said, and that saying so takes neither the replicas' lives nor all of them out of rotation. */
async function measureShedding(context: Context, store: string, { id, name, input, params }: Subject): Promise<void> {
  const {
    target: { parts },
    signal,
    observe,
  } = context;
  const replicas = replicasOf(parts, name);
  const limit = seconds(params.shedWithin);
  // Workers get no requests: leaving the rotation costs nothing, and is all that anybody sees of them.
  const receives = input.containers.some((one) => one.receives);
  let silent: readonly string[] = replicas;
  const told = await secondsUntil(
    async () => {
      const states = await Promise.all(replicas.map((part) => readinessOf(parts, part)));
      silent = replicas.filter((_, index) => (receives ? !states[index]!.degraded : states[index]!.ready));
      return silent.length === 0;
    },
    limit,
    signal,
  );
  observe({
    name: `time until ${name} says that ${store} is missing`,
    value: told,
    unit: 's',
    atMost: limit,
    subject: id,
    ...(silent.length === 0 ? {} : { detail: `${silent.join(', ')} said nothing at /readyz` }),
  });
  const alive = await Promise.all(replicas.map((part) => isAlive(parts, part)));
  const dead = replicas.filter((_, index) => !alive[index]);
  observe({
    name: `replicas of ${name} that a restart would not spare`,
    value: dead.length,
    unit: 'replicas',
    is: 0,
    subject: id,
    ...(dead.length === 0 ? {} : { detail: `/livez of ${dead.join(', ')} fails with ${store}` }),
  });
  if (!receives) return;
  const states = await Promise.all(replicas.map((part) => readinessOf(parts, part)));
  observe({
    name: `replicas of ${name} left in rotation`,
    value: states.filter(({ ready }) => ready).length,
    unit: 'replicas',
    atLeast: 1,
    subject: id,
    detail: `all of them lost ${store} at once, and what needs none of it must still be answered`,
  });
}

/** An answer in time, whatever it is: whoever hangs with its store takes its callers with it. */
async function measureAnswers(
  context: Context,
  store: string,
  { id, name, params }: Subject,
  asks: number,
): Promise<void> {
  const {
    target: { edge, people },
    observe,
    keep,
  } = context;
  if (params.ask === undefined) return;
  const path = params.ask;
  const limit = seconds(params.answersWithin);
  const token = await people.token(people.names.customer);
  const timeoutMs = limit * 1000 + PATIENCE_MS / 2;
  const answers = await Promise.all(
    Array.from({ length: asks }, async () => {
      const began = performance.now();
      const status = await edge.ask(edge.host(name), path, { token, timeoutMs }).then(
        (answer) => answer.status,
        () => 0,
      );
      return { status, seconds: (performance.now() - began) / 1000 };
    }),
  );
  keep(`answers of ${name} without ${store}`, answers);
  observe({
    name: `longest answer of ${name} without ${store}`,
    value: Math.max(...answers.map((answer) => answer.seconds)),
    unit: 's',
    atMost: limit,
    subject: id,
    detail: `statuses ${[...new Set(answers.map(({ status }) => (status === 0 ? 'none' : status)))].join(', ')}`,
  });
  // A connection that is closed at once takes no time either.
  observe({
    name: `requests to ${name} without an answer, without ${store}`,
    value: answers.filter(({ status }) => status === 0).length,
    unit: 'requests',
    is: 0,
    subject: id,
  });
}

async function measureRecovery(
  { target: { parts }, signal, observe }: Context,
  store: string,
  { id, name, params }: Subject,
): Promise<void> {
  const replicas = replicasOf(parts, name);
  const limit = seconds(params.recoversWithin);
  const took = await secondsUntil(
    async () => {
      const states = await Promise.all(replicas.map((part) => readinessOf(parts, part)));
      return states.every(({ ready, degraded }) => ready && !degraded);
    },
    limit,
    signal,
  );
  observe({
    name: `time until ${name} is well again with ${store}`,
    value: took,
    unit: 's',
    atMost: limit,
    subject: id,
  });
}
