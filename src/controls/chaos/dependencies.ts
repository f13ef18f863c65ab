/**
 * Every dependency of every service is slow, then gone, then lossy. A proxy stands between each service and each store, so that all services are
 * tried at the same time: in each round each of them lacks another store that is critical to it, and in one all that are not.
 */
import { seconds } from '../../model/duration.ts';
import { CannotTell, type Rehearsal, type Step } from '../../model/drill/drill.ts';
import type { Wire, WireFault } from '../../model/drill/faults.ts';
import { pause } from '../../model/drill/until.ts';
import type { Spec } from '../../model/spec.ts';
import { primaryOf } from '../../proofs/drilling/health.ts';
import { allOf, hasStore, inWords, lacksOf, longestMs, replicasAreWell, roundsOf, type Lack } from './lacks.ts';
import { judgeAnswers, judgeRecovery, judgeWrites, watchCut, type Owed } from './judge.ts';
import {
  gather,
  presentIn,
  whileAsked,
  type Context,
  type Customers,
  type Needs,
  type Rates,
  type Subject,
} from './traffic.ts';

export interface Wishes extends Rates {
  readonly seconds: number;
}

/** What the steps of one run hand on. */
interface State {
  customers: Customers | undefined;
  /** By {@link keyOf}. */
  readonly wires: Map<string, Wire>;
  /** Median answer without faults, milliseconds, by service. */
  readonly usual: Map<string, number>;
}

const RESTART_MS = 240_000;
const PATIENCE_MS = 60_000;

export function breakDependencies(subjects: readonly Subject[], spec: Spec, wishes: Wishes): Rehearsal<Needs> {
  const cuts = [...roundsOf(subjects, spec), allOf(subjects, spec, false)];
  const losses = [allOf(subjects, spec, true), allOf(subjects, spec, false)];
  const state: State = { customers: undefined, wires: new Map(), usual: new Map() };
  const timeoutMs =
    longestMs(subjects, ({ noticesWithin }) => noticesWithin) +
    2 * longestMs(subjects, ({ answersWithin }) => answersWithin) +
    2 * longestMs(subjects, ({ recoversWithin }) => recoversWithin) +
    PATIENCE_MS;
  const step = (name: string, run: (context: Context) => Promise<void>): Step<Needs> => ({
    name,
    kind: 'measure',
    timeoutMs,
    run,
  });
  return {
    name: 'dependencies that are slow, gone and lossy',
    subjects: subjects.map(({ id }) => id),
    hypothesis: [replicasAreWell(subjects)],
    predictions: [],
    method: [
      {
        name: 'lead every dependency through a proxy',
        kind: 'fault',
        timeoutMs: RESTART_MS,
        run: (context) => prepare(context, subjects, spec, wishes, state),
      },
      step('see how it is on any day', (context) => asUsual(context, subjects, wishes, state)),
      step('slow every dependency down', (context) => slowDown(context, subjects, wishes, state)),
      ...cuts
        .filter((lacks) => lacks.length > 0)
        .map((lacks) => step(`cut ${inWords(lacks)}`, (context) => cut(context, lacks, wishes, state))),
      ...losses
        .filter((lacks) => lacks.length > 0)
        .map((lacks) =>
          step(`break connections to ${inWords(lacks)}`, (context) => lose(context, lacks, wishes, state)),
        ),
    ],
  };
}

async function prepare(
  context: Context,
  subjects: readonly Subject[],
  spec: Spec,
  wishes: Wishes,
  state: State,
): Promise<void> {
  const { parts, faults } = context.target;
  const here = presentIn(context, subjects);
  const ways = here
    .flatMap((subject) => lacksOf(subject, spec))
    .flatMap(({ subject, stores }) => stores.map((store) => ({ subject, store })))
    .filter(({ store }) => hasStore(parts, store));
  if (ways.length === 0) throw new CannotTell('the target runs none of these services with one of its stores');
  state.customers = await gather(context, here, spec, wishes);
  const { wires } = await faults.wires(
    ways.map(({ subject, store }) => ({ from: parts.replicas(subject.name), to: primaryOf(parts, store) })),
  );
  for (const [index, { subject, store }] of ways.entries()) state.wires.set(keyOf(subject, store), wires[index]!);
  context.say(`${ways.length} dependencies of ${here.length} services`);
}

function keyOf({ id }: Subject, store: string): string {
  return `${id} ${store}`;
}

async function asUsual(context: Context, subjects: readonly Subject[], wishes: Wishes, state: State): Promise<void> {
  const answers = await whileAsked(context, customersOf(state), subjects, () =>
    pause(wishes.seconds * 1000, context.signal),
  );
  context.keep('answers on any day', Object.fromEntries(answers));
  for (const [name, { medianMs }] of answers) state.usual.set(name, medianMs);
  for (const subject of subjects) {
    const given = answers.get(subject.name);
    if (given !== undefined) judgeAnswers(context, subject, 'without any fault', given, { kind: 'answers' });
  }
}

/** Nobody is promised to be quick then. But no store has failed, so nobody may fail either. */
async function slowDown(context: Context, subjects: readonly Subject[], wishes: Wishes, state: State): Promise<void> {
  const here = presentIn(context, subjects);
  const when = 'while every dependency is slow';
  const answers = await whileAsked(context, customersOf(state), here, async () => {
    await Promise.all(
      here.flatMap((subject) => {
        const latencyMs = seconds(subject.params.slowBy) * 1000;
        return wiresOf(state, subject).map((wire) => wire.set({ latencyMs, jitterMs: latencyMs / 2 }));
      }),
    );
    context.mark('every dependency is slow');
    await pause(wishes.seconds * 1000, context.signal);
  });
  context.keep(`answers ${when}`, Object.fromEntries(answers));
  for (const subject of here) {
    const given = answers.get(subject.name);
    if (given === undefined) continue;
    judgeAnswers(context, subject, when, given, { kind: 'answers' });
    judgeDelay(context, subject, given.medianMs, state.usual.get(subject.name) ?? Number.NaN);
  }
  await clear(context, here, state, 'after every dependency was slow');
}

/** Informs: how many round trips an answer takes is the service's own affair. */
function judgeDelay({ observe }: Context, { id, name, params }: Subject, medianMs: number, usual: number): void {
  const extra = 2 * seconds(params.slowBy) * 1000;
  observe({
    name: `median answer of ${name} while every dependency is slow`,
    value: medianMs,
    unit: 'ms',
    predicted: usual + extra,
    subject: id,
    detail: `usually ${usual.toFixed(0)} ms; each round trip takes ${extra} ms more, and the prediction has one`,
  });
}

function cut(context: Context, lacks: readonly Lack[], wishes: Wishes, state: State): Promise<void> {
  return breakRound(context, lacks, state, {
    fault: () => ({ state: 'blackhole' }),
    when: 'without',
    owed: ({ critical }) => ({ kind: critical ? 'answers or refusals' : 'answers' }),
    meanwhile: async (here) =>
      void (await Promise.all(here.map((lack) => watchCut(context, lack, wishes.seconds * 1000)))),
  });
}

/** A request has one connection to a store: no more of them are refused than connections break, to one store or the other. */
function lose(context: Context, lacks: readonly Lack[], wishes: Wishes, state: State): Promise<void> {
  return breakRound(context, lacks, state, {
    fault: ({ params }) => ({ resets: params.resets }),
    when: 'with lossy',
    owed: ({ critical, subject, stores }) =>
      critical
        ? { kind: 'refusals up to', share: 1 - (1 - subject.params.resets) ** stores.length }
        : { kind: 'answers' },
    meanwhile: () => pause(wishes.seconds * 1000, context.signal),
  });
}

interface Breaking {
  fault(subject: Subject): WireFault;
  /** Before the names of the stores. */
  readonly when: string;
  owed(lack: Lack): Owed;
  meanwhile(lacks: readonly Lack[]): Promise<void>;
}

async function breakRound(
  context: Context,
  lacks: readonly Lack[],
  state: State,
  { fault, when, owed, meanwhile }: Breaking,
): Promise<void> {
  const here = lacks.filter(({ subject, stores }) => stores.some((store) => state.wires.has(keyOf(subject, store))));
  if (here.length === 0) return;
  const words = ({ stores }: Lack) => `${when} ${stores.join(' and ')}`;
  const subjects = here.map(({ subject }) => subject);
  const answers = await whileAsked(context, customersOf(state), subjects, async () => {
    await Promise.all(
      here.flatMap(({ subject, stores }) => wiresOf(state, subject, stores).map((wire) => wire.set(fault(subject)))),
    );
    for (const lack of here) context.mark(`${lack.subject.name} is ${words(lack)}`);
    await meanwhile(here);
  });
  context.keep(`answers ${when} ${inWords(here)}`, Object.fromEntries(answers));
  for (const lack of here) {
    const given = answers.get(lack.subject.name);
    if (given !== undefined) judgeAnswers(context, lack.subject, words(lack), given, owed(lack));
  }
  const after = new Map(here.map((lack) => [lack.subject, `after it was ${words(lack)}`]));
  await clear(context, subjects, state, (subject) => after.get(subject) ?? '', `after ${when} ${inWords(here)}`);
}

/** Takes the faults off, and waits until all is as before. `after`: what a service has come through, `what`: all of it. */
async function clear(
  context: Context,
  subjects: readonly Subject[],
  state: State,
  after: string | ((subject: Subject) => string),
  what = String(after),
): Promise<void> {
  await Promise.all(subjects.flatMap((subject) => wiresOf(state, subject).map((wire) => wire.clear())));
  context.mark('the fault is gone');
  await Promise.all(
    subjects.map((subject) => judgeRecovery(context, subject, typeof after === 'string' ? after : after(subject))),
  );
  await judgeWrites(context, customersOf(state), subjects, what);
}

/** Of these stores, or of all. */
function wiresOf({ wires }: State, { id }: Subject, stores?: readonly string[]): Wire[] {
  return [...wires].flatMap(([key, wire]) => {
    const [of, store = ''] = key.split(' ');
    return of === id && (stores === undefined || stores.includes(store)) ? [wire] : [];
  });
}

function customersOf({ customers }: State): Customers {
  if (customers === undefined) throw new CannotTell('the proxies were never set up');
  return customers;
}
