/**
 * Every dependency of every service is slow, then gone, then lossy. A proxy stands between each service and each store, so that what one service
 * lacks another has; in each round every service lacks one of its stores, all of them at once.
 */
import { seconds } from '../../model/duration.ts';
import { CannotTell, type Rehearsal, type Step } from '../../model/drill/drill.ts';
import type { Wire, WireFault } from '../../model/drill/faults.ts';
import { pause } from '../../model/drill/until.ts';
import type { Spec } from '../../model/spec.ts';
import { primaryOf } from '../../proofs/drilling/health.ts';
import { edgesInWords, longestMs, present, replicasAreWell, roundsOf, type Edge } from './edges.ts';
import { judgeAnswers, judgeRecovery, judgeWrites, watchCut, type Owed } from './judge.ts';
import { gather, whileAsked, type Context, type Customers, type Needs, type Rates, type Subject } from './traffic.ts';

export interface Wishes extends Rates {
  readonly seconds: number;
}

/** What the steps of one run hand on. */
interface State {
  customers: Customers | undefined;
  readonly wires: Map<Edge, Wire>;
  /** Median answer without faults, milliseconds, by service. */
  readonly usual: Map<string, number>;
}

const RESTART_MS = 240_000;
const PATIENCE_MS = 60_000;

export function breakDependencies(subjects: readonly Subject[], spec: Spec, wishes: Wishes): Rehearsal<Needs> {
  const rounds = roundsOf(subjects, spec);
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
        run: (context) => prepare(context, subjects, rounds.flat(), spec, wishes, state),
      },
      step('see how it is on any day', (context) => asUsual(context, subjects, wishes, state)),
      step('slow every dependency down', (context) => slowDown(context, subjects, wishes, state)),
      ...rounds.map((edges) => step(`cut ${edgesInWords(edges)}`, (context) => cut(context, edges, wishes, state))),
      ...rounds.map((edges) =>
        step(`break connections to ${edgesInWords(edges)}`, (context) => lose(context, edges, wishes, state)),
      ),
    ],
  };
}

async function prepare(
  context: Context,
  subjects: readonly Subject[],
  edges: readonly Edge[],
  spec: Spec,
  wishes: Wishes,
  state: State,
): Promise<void> {
  const { parts, faults } = context.target;
  const found = present(parts, edges, ({ subject }) => subject.name).filter(({ store }) => runs(parts, store));
  if (found.length === 0) throw new CannotTell('the target runs none of these services with one of its stores');
  const here = present(parts, subjects, ({ name }) => name);
  state.customers = await gather(context, here, spec, wishes);
  const { wires } = await faults.wires(
    found.map(({ subject, store }) => ({ from: parts.replicas(subject.name), to: primaryOf(parts, store) })),
  );
  for (const [index, edge] of found.entries()) state.wires.set(edge, wires[index]!);
  context.say(`${found.length} dependencies of ${here.length} services`);
}

function runs(parts: Context['target']['parts'], store: string): boolean {
  try {
    return parts.serversOf(store).length > 0;
  } catch (error) {
    if (error instanceof CannotTell) return false;
    throw error;
  }
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
  const all = [...state.wires.keys()];
  const when = 'while every dependency is slow';
  const answers = await whileAsked(context, customersOf(state), subjects, async () => {
    await Promise.all(
      all.map((edge) => {
        const latencyMs = seconds(edge.subject.params.slowBy) * 1000;
        return state.wires.get(edge)!.set({ latencyMs, jitterMs: latencyMs / 2 });
      }),
    );
    context.mark('every dependency is slow');
    await pause(wishes.seconds * 1000, context.signal);
  });
  context.keep(`answers ${when}`, Object.fromEntries(answers));
  for (const subject of subjects) {
    const given = answers.get(subject.name);
    if (given === undefined) continue;
    judgeAnswers(context, subject, when, given, { kind: 'answers' });
    const extra = 2 * seconds(subject.params.slowBy) * 1000;
    context.observe({
      name: `median answer of ${subject.name} ${when}`,
      value: given.medianMs,
      unit: 'ms',
      // One question and its answer, at least.
      predicted: (state.usual.get(subject.name) ?? 0) + extra,
      subject: subject.id,
      detail: `usually ${(state.usual.get(subject.name) ?? Number.NaN).toFixed(0)} ms; one round trip takes ${extra} ms more`,
    });
  }
  await clear(context, all, state, 'after every dependency was slow');
}

async function cut(context: Context, round: readonly Edge[], wishes: Wishes, state: State): Promise<void> {
  await breakRound(context, round, { state: 'blackhole' }, state, {
    when: ({ store }) => `without ${store}`,
    owed: ({ critical }) => ({ kind: critical ? 'answers or refusals' : 'answers' }),
    meanwhile: async (edges) =>
      void (await Promise.all(edges.map((edge) => watchCut(context, edge, wishes.seconds * 1000)))),
  });
}

/** A request has one connection to a store: no more of them are refused than connections break. */
async function lose(context: Context, round: readonly Edge[], wishes: Wishes, state: State): Promise<void> {
  const [first] = round;
  if (first === undefined) return;
  await breakRound(context, round, { resets: first.subject.params.resets }, state, {
    when: ({ store }) => `while ${store} is lossy`,
    owed: ({ critical, subject }) =>
      critical ? { kind: 'refusals up to', share: subject.params.resets } : { kind: 'answers' },
    meanwhile: () => pause(wishes.seconds * 1000, context.signal),
  });
}

interface Breaking {
  when(edge: Edge): string;
  owed(edge: Edge): Owed;
  meanwhile(edges: readonly Edge[]): Promise<void>;
}

async function breakRound(
  context: Context,
  round: readonly Edge[],
  fault: WireFault,
  state: State,
  { when, owed, meanwhile }: Breaking,
): Promise<void> {
  const edges = round.filter((edge) => state.wires.has(edge));
  if (edges.length === 0) return;
  const answers = await whileAsked(
    context,
    customersOf(state),
    edges.map(({ subject }) => subject),
    async () => {
      await Promise.all(edges.map((edge) => state.wires.get(edge)!.set(fault)));
      for (const edge of edges) context.mark(`${edge.subject.name} is ${when(edge)}`);
      await meanwhile(edges);
    },
  );
  context.keep(`answers with faults at ${edgesInWords(edges)}`, { fault, ...Object.fromEntries(answers) });
  for (const edge of edges) {
    const given = answers.get(edge.subject.name);
    if (given !== undefined) judgeAnswers(context, edge.subject, when(edge), given, owed(edge));
  }
  await clear(context, edges, state, (edge) => `after it was ${when(edge)}`);
}

async function clear(
  context: Context,
  edges: readonly Edge[],
  state: State,
  after: string | ((edge: Edge) => string),
): Promise<void> {
  await Promise.all(edges.map((edge) => state.wires.get(edge)!.clear()));
  context.mark('the fault is gone');
  const words = (edge: Edge) => (typeof after === 'string' ? after : after(edge));
  const bySubject = new Map(edges.map((edge) => [edge.subject, words(edge)]));
  await Promise.all([...bySubject].map(([subject, text]) => judgeRecovery(context, subject, text)));
  const limit = Math.max(...edges.map(({ subject }) => seconds(subject.params.recoversWithin)));
  const what = typeof after === 'string' ? after : `after faults at ${edgesInWords(edges)}`;
  await judgeWrites(context, customersOf(state), what, limit);
}

function customersOf({ customers }: State): Customers {
  if (customers === undefined) throw new CannotTell('the proxies were never set up');
  return customers;
}
