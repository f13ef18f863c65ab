/** Rotates credentials while the platform works: a second version, everybody on it, and the end of the first. */
import { z } from 'zod';
import { seconds } from '../../model/duration.ts';
import type { Credential } from '../../model/drill/credential.ts';
import {
  CannotTell,
  defineDrill,
  type DrillInput,
  type DrillSubject,
  type Rehearsal,
  type StepContext,
} from '../../model/drill/drill.ts';
import { underLoad } from '../../proofs/drilling/under-load.ts';
import { secondsWithin, untilSteady } from '../../proofs/drilling/wait.ts';
import type { Params } from './check.ts';
import type { Rotation } from './input.ts';

type Needs = 'trust' | 'load' | 'edge' | 'people';
type Subject = DrillSubject<Rotation, Params>;
type Context = StepContext<Needs>;

interface Parameters {
  readonly perSecond: number;
  readonly refusals: number;
}

const MINUTE = 60_000;
const POLL_MS = 200;

export const drill = defineDrill({
  summary:
    'Gives every credential a second version under load, waits until all who hold it use it, ends the first, and shows that it is refused.',
  blastRadius:
    'Sessions that were opened with the first versions are ended once nobody needs them; both sides are set back to it when the drill ends.',
  needs: ['trust', 'load', 'edge', 'people'] satisfies Needs[],
  parameters: z.object({
    perSecond: z.int().min(1).max(1000).default(20).describe('Requests each second while credentials change.'),
    refusals: z.int().min(1).max(100).default(5).describe('Refusals in a row before an old version counts as refused.'),
  }),
  plan: ({ subjects, parameters, spec }: DrillInput<Rotation, Params, Parameters>) => ({
    runs: [
      rehearsal(subjects, parameters, underLoad({ spec, perSecond: parameters.perSecond, path: loadPathOf(subjects) })),
    ],
  }),
});

function loadPathOf([subject]: readonly Subject[]): string {
  return subject?.params.loadPath ?? '';
}

function rehearsal(
  subjects: readonly Subject[],
  { refusals }: Parameters,
  load: ReturnType<typeof underLoad>,
): Rehearsal<Needs> {
  const log = openLog();
  const each = (name: string, run: (one: Rotating) => Promise<void>) => ({
    name,
    kind: 'fault' as const,
    // What must come within a bound is measured, and not cut off.
    timeoutMs: longestOf(subjects) + MINUTE,
    run: (context: Context) => all(subjects, context, log, run),
  });
  return {
    name: 'the rotation of credentials',
    subjects: subjects.map(({ id }) => id),
    hypothesis: [
      {
        name: 'credentials that are refused',
        unit: 'credentials',
        timeoutMs: MINUTE,
        tolerance: { atMost: 0 },
        async measure({ target }) {
          const offered = subjects
            .map(({ name }) => target.trust.credential(name))
            .filter((one) => typeof one !== 'string');
          if (offered.length === 0) throw new CannotTell('the target can rotate none of them');
          const answers = await Promise.all(offered.map((one) => one.use('present')));
          return answers.filter((answer) => answer !== 'accepted').length;
        },
      },
    ],
    method: [
      { name: 'start the load', kind: 'act', timeoutMs: MINUTE, run: load.start },
      each('make second versions', overlap),
      each('hand them out', handOut),
      each('end the first versions', (one) => end(one, refusals)),
      {
        name: 'end the load',
        kind: 'measure',
        timeoutMs: MINUTE,
        async run(context) {
          context.keep('rotation log', log.entries);
          const rotated = subjects.filter(({ name }) => typeof context.target.trust.credential(name) !== 'string');
          await load.stop(
            context,
            rotated.map(({ id }) => id),
          );
        },
      },
    ],
  };
}

/** Milliseconds that a credential may take for one step. */
function longestOf(subjects: readonly Subject[]): number {
  return (
    1000 *
    Math.max(0, ...subjects.flatMap(({ params }) => [seconds(params.inUseWithin), seconds(params.refusedWithin)]))
  );
}

interface Rotating {
  readonly subject: Subject;
  readonly credential: Credential;
  readonly context: Context;
  readonly log: Log;
}

/** All at once, as after an incident. What the target cannot rotate stays without a word of the drill. */
async function all(
  subjects: readonly Subject[],
  context: Context,
  log: Log,
  run: (one: Rotating) => Promise<void>,
): Promise<void> {
  const offered = subjects.flatMap((subject) => {
    const credential = context.target.trust.credential(subject.name);
    if (typeof credential !== 'string') return [{ subject, credential, context, log }];
    context.leave(subject.id, credential);
    return [];
  });
  await Promise.all(offered.map(run));
}

/** Both are accepted, or there is a moment in which somebody has none. */
async function overlap({ subject: { id, name, params }, credential, context, log }: Rotating): Promise<void> {
  await credential.add();
  log.add(name, 'second version made');
  let answers: readonly string[] = [];
  const both = async (): Promise<boolean> => {
    answers = await Promise.all([credential.use('present'), credential.use('next')]);
    return answers.every((answer) => answer === 'accepted');
  };
  await untilSteady(both, {
    inARow: 1,
    withinMs: seconds(params.inUseWithin) * 1000,
    signal: context.signal,
    pauseMs: POLL_MS,
  });
  context.observe({
    name: 'versions accepted at once',
    value: answers.filter((answer) => answer === 'accepted').length,
    unit: 'versions',
    is: 2,
    subject: id,
    detail: `present ${answers[0]}, next ${answers[1]}`,
  });
}

async function handOut({ subject: { id, name, params }, credential, context, log }: Rotating): Promise<void> {
  const withinMs = seconds(params.inUseWithin) * 1000;
  await credential.deliver();
  log.add(name, 'handed out');
  let behind: readonly string[] = [];
  const took = await untilSteady(
    async () => {
      behind = await credential.behind();
      return behind.length === 0;
    },
    { inARow: 1, withinMs, signal: context.signal, pauseMs: POLL_MS },
  );
  if (took !== undefined) log.add(name, 'in use everywhere');
  context.observe({
    name: 'handed out to in use',
    value: secondsWithin(took, withinMs),
    unit: 's',
    atMost: withinMs / 1000,
    subject: id,
    ...(took === undefined ? { detail: `${behind.join(', ')} still held to the old one` } : {}),
  });
}

async function end(
  { subject: { id, name, params }, credential, context, log }: Rotating,
  refusals: number,
): Promise<void> {
  const withinMs = seconds(params.refusedWithin) * 1000;
  await credential.retire();
  log.add(name, 'first version ended');
  const took = await untilSteady(async () => (await credential.use('present')) === 'refused', {
    inARow: refusals,
    withinMs,
    signal: context.signal,
    pauseMs: POLL_MS,
  });
  if (took !== undefined) log.add(name, 'first version refused');
  context.observe({
    name: 'ended to refused',
    value: secondsWithin(took, withinMs),
    unit: 's',
    atMost: withinMs / 1000,
    subject: id,
    ...(took === undefined ? { detail: 'the old version is still accepted' } : {}),
  });
  const next = await credential.use('next');
  context.observe({ name: 'new version refused', value: next === 'accepted' ? 0 : 1, unit: '', is: 0, subject: id });
}

/** What is kept of a rotation, as its SOP asks: who changed when. Never a value. */
interface Log {
  readonly entries: readonly { readonly credential: string; readonly what: string; readonly at: string }[];
  add(credential: string, what: string): void;
}

function openLog(): Log {
  const entries: Log['entries'][number][] = [];
  return { entries, add: (credential, what) => void entries.push({ credential, what, at: new Date().toISOString() }) };
}
