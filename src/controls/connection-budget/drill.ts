import { z } from 'zod';
import { seconds } from '../../model/duration.ts';
import {
  CannotTell,
  defineDrill,
  type DrillSubject,
  type Rehearsal,
  type StepContext,
} from '../../model/drill/drill.ts';
import type { RemovableWire } from '../../model/drill/faults.ts';
import type { RunningLoad } from '../../model/drill/load.ts';
import { pause } from '../../model/drill/until.ts';
import { isKnown } from '../../proofs/capacity/figure.ts';
import { primaryOf, replicasOf } from '../../proofs/drilling/health.ts';
import { secondsUntil } from '../../proofs/drilling/wait.ts';
import type { ConnectionQuestion } from './input.ts';
import type { Params } from './params.ts';

interface Parameters {
  readonly seconds: number;
  readonly perSecond: number;
  readonly latencyMs: number;
}
type Subject = DrillSubject<ConnectionQuestion, Params>;
type Asked = NonNullable<Params['ask']>;
type Needs = 'parts' | 'edge' | 'people' | 'load' | 'faults';
type Context = StepContext<Needs>;

const SAMPLE_MS = 100;
const PATIENCE_MS = 60_000;
const RESTART_MS = 240_000;
/** Under load that fills the pools an answer takes this many times as long as alone, or is refused. */
const QUEUEING = 2;

export const drill = defineDrill({
  summary:
    'Every query of a service takes longer, under load, until its pools are full: they must stay within the budget, callers be answered in time, and all recover.',
  blastRadius:
    'The replicas of one service are restarted one after the other, twice; for some seconds most of its callers are refused or wait.',
  needs: ['parts', 'edge', 'people', 'load', 'faults'],
  parameters: z.object({
    seconds: z.number().min(1).max(600).default(5).describe('Seconds of load while queries are slow.'),
    perSecond: z.number().min(1).max(10_000).default(60).describe('Requests a second.'),
    latencyMs: z
      .int()
      .min(1)
      .max(10_000)
      .default(400)
      .describe('Milliseconds that each way to the store takes longer.'),
  }),
  plan({ subjects, parameters }: { subjects: readonly Subject[]; parameters: Parameters }) {
    const asked = subjects.filter(({ params }) => params.ask !== undefined);
    return {
      runs: asked.map((subject) => rehearsal(subject, subject.params.ask!, parameters)),
      left: subjects
        .filter((subject) => !asked.includes(subject))
        .map(({ id }) => ({
          subject: id,
          because: 'the param "ask" names no service and path that would fill its pools',
        })),
    };
  },
});

/** What the steps of one run hand on. */
interface State {
  wire?: RemovableWire;
  most: number;
}

function rehearsal(subject: Subject, ask: Asked, parameters: Parameters): Rehearsal<Needs> {
  const state: State = { most: 0 };
  const { params, id, name } = subject;
  return {
    name: `what happens when the pools to ${name} are full`,
    subjects: [id],
    hypothesis: [
      {
        name: `${ask.service} answers`,
        unit: 'yes or no',
        timeoutMs: 20_000,
        settleMs: 60_000,
        tolerance: { atLeast: 1 },
        measure: async (context) => Number(await isServed(context, ask)),
      },
    ],
    method: [
      {
        name: `lead ${ask.service} to ${name} through a proxy`,
        kind: 'act',
        timeoutMs: RESTART_MS,
        async run({ target: { faults, parts } }) {
          state.wire = await faults.wire(replicasOf(parts, ask.service), primaryOf(parts, name));
        },
      },
      {
        name: `make each way to ${name} ${parameters.latencyMs} ms longer`,
        kind: 'fault',
        timeoutMs: 30_000,
        run: async () => wireOf(state).set({ latencyMs: parameters.latencyMs }),
      },
      {
        name: 'send more than the pools can carry',
        kind: 'measure',
        timeoutMs: (parameters.seconds + seconds(params.answersWithin)) * 1000 + PATIENCE_MS,
        run: (context) => measureFull(context, subject, ask, parameters, state),
      },
      {
        name: 'let queries be as fast as before',
        kind: 'act',
        timeoutMs: 30_000,
        run: async () => wireOf(state).clear(),
      },
      {
        name: 'wait until it answers again',
        kind: 'measure',
        timeoutMs: seconds(params.recoversWithin) * 1000 + PATIENCE_MS,
        run: (context) => measureRecovery(context, subject, ask),
      },
      { name: 'take the proxy out', kind: 'act', timeoutMs: RESTART_MS, run: async () => wireOf(state).remove() },
    ],
  };
}

async function measureFull(
  context: Context,
  { id, name, input, params }: Subject,
  ask: Asked,
  { seconds: lasts, perSecond }: Parameters,
  state: State,
): Promise<void> {
  const {
    target: { edge, people, load, parts },
    observe,
    keep,
  } = context;
  const budget = poolOf(input, ask.service) * replicasOf(parts, ask.service).length;
  const token = await people.token(people.names.customer);
  const limit = seconds(params.answersWithin);
  const alone = await secondsOf(() => isServed(context, ask));
  const running = await load.start({
    requests: [{ host: edge.host(ask.service), path: ask.path, headers: { authorization: `Bearer ${token}` } }],
    perSecond,
    timeoutMs: limit * 1000 + PATIENCE_MS / 2,
  });
  await watchConnections(context, running, lasts, state);
  const report = await running.stop();
  keep('load while the pools are full', report);
  observe({
    name: `connections of ${ask.service} to ${name}`,
    value: state.most,
    unit: 'connections',
    atMost: budget,
    subject: id,
    detail: `its replicas may open ${budget}`,
  });
  // Too many are too many, whatever else the load came to.
  if (state.most > budget) return;
  if (state.most === 0)
    throw new CannotTell(`${ask.service} opened no connection to ${name} that leads through the proxy`);
  if (report.latency.p99 / 1000 < alone * QUEUEING && report.curve.every(({ failed }) => failed === 0))
    throw new CannotTell(
      `nobody had to wait: the pools were never full with ${state.most} connections; raise perSecond or latencyMs`,
    );
  const unanswered = report.due - report.answered;
  // Answers are timed from when they were due, so a generator that is late makes them longer and none of them shorter.
  if (report.saturated && (unanswered > 0 || report.latency.max / 1000 > limit))
    throw new CannotTell('the load generator was the bottleneck, so nobody can tell what the service owes to it');
  observe({
    name: 'longest answer',
    value: report.latency.max / 1000,
    unit: 's',
    atMost: limit,
    subject: id,
    detail: `statuses ${JSON.stringify(report.statuses)}`,
  });
  observe({
    name: 'requests without an answer',
    value: unanswered,
    unit: 'requests',
    is: 0,
    subject: id,
    detail: JSON.stringify(report.errors),
  });
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** The most that is open at once, as the proxy counts it. */
async function watchConnections({ signal }: Context, running: RunningLoad, lasts: number, state: State): Promise<void> {
  const began = performance.now();
  while (performance.now() - began < lasts * 1000) {
    const { open } = await wireOf(state).traffic();
    state.most = Math.max(state.most, open);
    await pause(SAMPLE_MS, signal).catch((error: unknown) => {
      void running.stop();
      throw error;
    });
  }
}

async function measureRecovery(context: Context, { id, params }: Subject, ask: Asked): Promise<void> {
  const limit = seconds(params.recoversWithin);
  const took = await secondsUntil(() => isServed(context, ask).catch(() => false), limit, context.signal);
  context.observe({ name: 'time until it answers again', value: took, unit: 's', atMost: limit, subject: id });
}

async function isServed(
  { target: { edge, people } }: Pick<Context, 'target'>,
  { service, path }: Asked,
): Promise<boolean> {
  const token = await people.token(people.names.customer);
  const { status } = await edge.ask(edge.host(service), path, { token });
  return status >= 200 && status < 300;
}

/** Connections that one replica may open, all its pools together, as the check adds them up. */
function poolOf({ budget }: ConnectionQuestion, service: string): number {
  const clients = [...(budget?.clients ?? []), ...(budget?.poolers ?? []).flatMap((pooler) => pooler.clients)];
  const own = clients.filter(({ id }) => id.endsWith(`/${service}`));
  if (own.length === 0) throw new CannotTell(`no workload of ${service} is known to connect to the store`);
  return own.reduce((sum, { pool, processes, id }) => {
    if (!isKnown(pool)) throw new CannotTell(`how large the pool of ${id} is, nothing tells`);
    return sum + (pool.atMost ?? pool.value) * processes;
  }, 0);
}

function wireOf({ wire }: State): RemovableWire {
  if (wire !== undefined) return wire;
  throw new CannotTell('no proxy stands in between');
}
