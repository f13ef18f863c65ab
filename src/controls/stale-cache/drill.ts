import { z } from 'zod';
import { seconds } from '../../model/duration.ts';
import {
  CannotTell,
  defineDrill,
  type DrillSubject,
  type Rehearsal,
  type StepContext,
} from '../../model/drill/drill.ts';
import { pause } from '../../model/drill/until.ts';
import { primaryOf, replicasOf } from '../../proofs/drilling/health.ts';
import { secondsUntil } from '../../proofs/drilling/wait.ts';
import type { StaleCache } from './query.ts';

interface Params {
  readonly ask?: { readonly path: string; readonly source: string } | undefined;
  readonly answersWithin: string;
  readonly recoversWithin: string;
}
interface Parameters {
  readonly freshSeconds: number;
  readonly staleSeconds: number;
}
type Subject = DrillSubject<StaleCache, Params>;
type Asked = NonNullable<Params['ask']>;
type Needs = 'parts' | 'edge' | 'people';
type Context = StepContext<Needs>;

const PATIENCE_MS = 60_000;
const RESTART_MS = 240_000;
const POLL_MS = 500;
const ASKS = 5;

export const drill = defineDrill({
  summary:
    'The source of a cached answer hangs: it must be served stale within the limit and no longer; then the cache hangs, and the source must do.',
  blastRadius:
    'The replicas of the service are restarted with shorter limits; for some ten seconds a store hangs for all that use it.',
  needs: ['parts', 'edge', 'people'],
  parameters: z.object({
    freshSeconds: z
      .int()
      .min(1)
      .max(3600)
      .default(1)
      .describe('Seconds for which an answer is fresh while the drill lasts.'),
    staleSeconds: z
      .int()
      .min(4)
      .max(7200)
      .default(6)
      .describe('Seconds, from the same moment, for which a stale one may be served.'),
  }),
  plan({ subjects, parameters }: { subjects: readonly Subject[]; parameters: Parameters }) {
    const asked = subjects.filter(({ params }) => params.ask !== undefined);
    return {
      runs: asked.map((subject) => rehearsal(subject, subject.params.ask!, parameters)),
      left: subjects
        .filter((subject) => !asked.includes(subject))
        .map(({ id }) => ({ subject: id, because: 'the param "ask" names no cached path and its source' })),
    };
  },
});

function rehearsal(subject: Subject, ask: Asked, parameters: Parameters): Rehearsal<Needs> {
  const { id, name, input, params } = subject;
  const source = ask.source.replace(/^store\//, '');
  const cache = input.stores[0]?.name ?? '';
  const step = (
    kind: 'act' | 'fault' | 'measure',
    said: string,
    run: (context: Context) => Promise<void>,
    timeoutMs = 30_000,
  ) => ({
    name: said,
    kind,
    timeoutMs: timeoutMs + PATIENCE_MS,
    run,
  });
  const recovers = seconds(params.recoversWithin) * 1000;
  return {
    name: `what ${name} serves when ${source} hangs, and when its cache does`,
    subjects: [id],
    hypothesis: [
      {
        name: `${name} answers`,
        unit: 'yes or no',
        timeoutMs: 20_000,
        settleMs: 60_000,
        tolerance: { atLeast: 1 },
        measure: async (context) => Number((await answerOf(context, name, ask.path)).status === 200),
      },
    ],
    method: [
      step('act', 'make the limits shorter', (context) => shorten(context, subject, parameters), RESTART_MS),
      step('measure', 'ask twice', (context) => measureHit(context, subject, ask)),
      step('fault', `freeze ${source}`, ({ target: { parts } }) => parts.freeze(primaryOf(parts, source))),
      step(
        'measure',
        'ask until the limit is over, and after it',
        (context) => measureStale(context, subject, ask, parameters),
        parameters.staleSeconds * 2000,
      ),
      step('act', `thaw ${source}`, ({ target: { parts } }) => parts.thaw(primaryOf(parts, source))),
      step('measure', 'wait until it answers again', (context) => measureRecovery(context, subject, ask), recovers),
      step('fault', `freeze ${cache}`, ({ target: { parts } }) => parts.freeze(primaryOf(parts, cache))),
      step('measure', 'ask without the cache', (context) => measureBypass(context, subject, ask)),
      step('act', `thaw ${cache}`, ({ target: { parts } }) => parts.thaw(primaryOf(parts, cache))),
    ],
  };
}

/** Waiting for limits of minutes would take minutes: the same code with shorter ones tells as much. */
async function shorten(
  { target: { parts }, say }: Context,
  { name, input }: Subject,
  parameters: Parameters,
): Promise<void> {
  const [ttl, stale] = [input.ttl[0]?.name, input.stale[0]?.name];
  if (ttl === undefined || stale === undefined)
    throw new CannotTell(`no variable of ${name} sets the limits of its cache`);
  const env = { [ttl]: `${parameters.freshSeconds}s`, [stale]: `${parameters.staleSeconds}s` };
  say(`${ttl} is ${env[ttl]} and ${stale} is ${env[stale]} while the drill lasts`);
  for (const part of replicasOf(parts, name)) await parts.restart(part, { env });
}

/** Asked right after another, the second answer must not come from the source. */
async function measureHit(context: Context, { id, name }: Subject, ask: Asked): Promise<void> {
  await answerOf(context, name, ask.path);
  const again = await Promise.all(Array.from({ length: ASKS }, () => answerOf(context, name, ask.path)));
  context.observe({
    name: 'answers from the cache when asked again',
    value: again.filter(({ cached }) => cached).length,
    unit: 'answers',
    atLeast: 1,
    subject: id,
    detail: `Cache-Status: ${again[0]!.said}`,
  });
}

async function measureStale(
  context: Context,
  { id, name }: Subject,
  ask: Asked,
  { freshSeconds, staleSeconds }: Parameters,
): Promise<void> {
  const answers: (Answer & { at: number })[] = [];
  const began = performance.now();
  const passed = () => (performance.now() - began) / 1000;
  // Answers give their age in whole seconds.
  while (passed() < staleSeconds + freshSeconds + 2) {
    const at = passed();
    answers.push({ at, ...(await answerOf(context, name, ask.path)) });
    await pause(POLL_MS, context.signal);
  }
  context.keep('answers while the source hangs', answers);
  const served = answers.filter(({ status }) => status === 200);
  const owed = answers.filter(({ at }) => at > freshSeconds && at < staleSeconds - 4);
  const observe = (
    what: string,
    value: number,
    bound: { atMost?: number; is?: number; atLeast?: number },
    detail?: string,
  ) =>
    context.observe({
      name: what,
      value,
      unit: 'answers',
      subject: id,
      ...bound,
      ...(detail === undefined ? {} : { detail }),
    });
  observe('stale answers while the source hangs', served.filter(({ age }) => age > freshSeconds).length, {
    atLeast: 1,
  });
  observe(
    'errors within the limit',
    // Answers may have taken so long that none of them fell into the time.
    owed.length === 0 ? Number.NaN : owed.filter(({ status }) => status !== 200).length,
    { is: 0 },
    `statuses ${[...new Set(owed.map(({ status }) => status))].join(', ')}`,
  );
  observe('answers older than the limit', served.filter(({ age }) => age > staleSeconds).length, { is: 0 });
  const last = answers.at(-1)!;
  observe(
    'answers after the limit',
    Number(last.status === 200),
    { is: 0 },
    `the last has status ${last.status} and age ${last.age} s`,
  );
}

async function measureRecovery(context: Context, { id, name, params }: Subject, ask: Asked): Promise<void> {
  const limit = seconds(params.recoversWithin);
  // Each replica has connections of its own to get over it.
  const holds = async () => {
    for (let number = 0; number < ASKS; number++)
      if ((await answerOf(context, name, ask.path)).status !== 200) return false;
    return true;
  };
  const took = await secondsUntil(holds, limit, context.signal);
  context.observe({ name: 'time until it answers again', value: took, unit: 's', atMost: limit, subject: id });
}

async function measureBypass(context: Context, { id, name, params }: Subject, ask: Asked): Promise<void> {
  const answers: Answer[] = [];
  for (let number = 0; number < ASKS; number++) answers.push(await answerOf(context, name, ask.path));
  const wrong = answers.filter(({ status }) => status !== 200);
  context.observe({ name: 'errors without the cache', value: wrong.length, unit: 'answers', is: 0, subject: id });
  context.observe({
    name: 'longest answer without the cache',
    value: Math.max(...answers.map((answer) => answer.seconds)),
    unit: 's',
    atMost: seconds(params.answersWithin),
    subject: id,
  });
}

interface Answer {
  /** 0: none came. */
  readonly status: number;
  /** Seconds; NaN where the answer does not say. */
  readonly age: number;
  readonly cached: boolean;
  /** `Cache-Status` (RFC 9211). */
  readonly said: string;
  readonly seconds: number;
}

async function answerOf(
  { target: { edge, people } }: Pick<Context, 'target'>,
  service: string,
  path: string,
): Promise<Answer> {
  const token = await people.token(people.names.customer);
  const began = performance.now();
  const took = () => (performance.now() - began) / 1000;
  try {
    const { status, headers } = await edge.ask(edge.host(service), path, { token, timeoutMs: 30_000 });
    const said = headers['cache-status'] ?? 'none';
    return { status, age: Number(headers['age'] ?? Number.NaN), cached: /;\s*hit/.test(said), said, seconds: took() };
  } catch {
    return { status: 0, age: Number.NaN, cached: false, said: 'none', seconds: took() };
  }
}
