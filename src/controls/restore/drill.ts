import { z } from 'zod';
import { seconds } from '../../model/duration.ts';
import type { BackupWay, Backups, Contents, Marker, Restored } from '../../model/drill/backups.ts';
import {
  CannotTell,
  defineDrill,
  type DrillSubject,
  type Rehearsal,
  type Step,
  type StepContext,
} from '../../model/drill/drill.ts';
import { pause } from '../../model/drill/until.ts';
import type { Restore } from './input.ts';
import { judgeContents, judgeRepository, judgeStatements } from './judge.ts';
import { DRILLED } from './kinds.ts';
import { completedAt } from '../../proofs/drilling/backups.ts';

export interface Statement {
  readonly name: string;
  readonly sql: string;
}

export interface Params {
  readonly maxBaseAge: string;
  readonly invariants: readonly Statement[];
  readonly smoke: readonly (Statement & { readonly as?: string | undefined })[];
}

interface Parameters {
  readonly markers: number;
  readonly everyMs: number;
  readonly take: boolean;
}

type Subject = DrillSubject<Restore, Params>;
type Context = StepContext<'backups'>;

/** What the steps of one run hand on. */
interface State {
  before: Contents;
  after: Contents;
  readonly markers: Marker[];
  /** Milliseconds since the epoch: when the store counts as lost. */
  lostAt: number;
  /** Whether the backups are of this run. */
  isOwn: boolean;
  /** By way, milliseconds since the epoch: from when on a write may be missing in the backup. NaN where nobody knows. */
  readonly takenAt: Map<string, number>;
}

export const drill = defineDrill({
  summary:
    'Each store is backed up, written to, given up for lost, and restored from its backups alone into another place.',
  blastRadius:
    'The stores serve on: a backup is taken as on any day, and a few markers are written. The copies run beside them for seconds, reached by nobody else.',
  needs: ['backups'],
  parameters: z.object({
    markers: z.int().min(1).max(1000).default(5).describe('Markers that are written after the backup.'),
    everyMs: z.int().min(1).max(60_000).default(100).describe('Milliseconds between two markers.'),
    take: z
      .union([z.boolean(), z.stringbool()])
      .default(true)
      .describe('Whether a backup is taken first; false restores the newest that is there.'),
  }),
  plan({ subjects, parameters }: { subjects: readonly Subject[]; parameters: Parameters }) {
    const own = subjects.filter(({ input: { kind, within } }) => within === undefined && DRILLED.has(kind));
    return {
      runs: own.map((subject) => rehearsal(subject, parameters)),
      left: subjects
        .filter((subject) => !own.includes(subject))
        .map(({ id, input }) => ({ subject: id, because: why(input) })),
    };
  },
});

function why({ kind, within }: Restore): string {
  return within === undefined
    ? `no restore of a ${kind} is rehearsed`
    : `it lies in store ${within} and is restored with it`;
}

function rehearsal(subject: Subject, parameters: Parameters): Rehearsal<'backups'> {
  const { id, name, input } = subject;
  const state: State = { before: {}, after: {}, markers: [], lostAt: 0, isOwn: false, takenAt: new Map() };
  return {
    name: `the restore of ${name}`,
    subjects: [id],
    hypothesis: input.kind === 'config' ? [] : [serving(name)],
    method: [
      step('count what is there, and take a backup each way', 'act', 300_000, (context) =>
        takeAll(context, name, parameters, state),
      ),
      step('write markers after it', 'act', 120_000, (context) => writeMarkers(context, name, parameters, state)),
      step('judge the repositories', 'measure', 120_000, (context) => judgeAll(context, subject, state)),
      step('restore each way elsewhere, and compare', 'measure', 1_800_000, (context) =>
        restoreAll(context, subject, state),
      ),
    ],
  };
}

function serving(store: string) {
  return {
    name: `servers of ${store} that are ready`,
    unit: 'share',
    timeoutMs: 15_000,
    tolerance: { atLeast: 1 },
    measure: ({ target: { backups } }: Pick<Context, 'target'>) => backups.serving(store),
  };
}

function step(
  name: string,
  kind: Step['kind'],
  timeoutMs: number,
  run: (context: Context) => Promise<void>,
): Step<'backups'> {
  return { name, kind, timeoutMs, run };
}

async function takeAll({ target: { backups }, say }: Context, store: string, { take }: Parameters, state: State) {
  state.before = await backups.census(store);
  state.markers.length = 0;
  state.isOwn = take;
  for (const { name } of waysOf(backups, store)) {
    state.takenAt.set(name, take ? Date.now() : completedAt(await backups.inspect(store, name)));
    if (!take) continue;
    say(`backing ${store} up by ${name}`);
    await backups.take(store, name);
  }
}

function waysOf(backups: Backups, store: string): readonly BackupWay[] {
  const ways = backups.ways(store);
  if (ways.length === 0) throw new CannotTell(`this target can restore nothing of store ${store}`);
  return ways;
}

async function writeMarkers(
  { target: { backups }, mark, signal }: Context,
  store: string,
  { markers, everyMs }: Parameters,
  state: State,
): Promise<void> {
  for (let number = 0; number < markers; number += 1) {
    state.markers.push(await backups.mark(store));
    await pause(everyMs, signal);
  }
  state.after = await backups.census(store);
  state.lostAt = Date.now();
  mark(`${store} counts as lost`);
}

async function judgeAll(context: Context, { id, name, input, params }: Subject, state: State): Promise<void> {
  const { backups } = context.target;
  for (const [index, way] of waysOf(backups, name).entries())
    judgeRepository(context, {
      way,
      isFirst: index === 0,
      found: await backups.inspect(name, way.name),
      // What was not taken now has its age judged, and that alone.
      begunAt: state.isOwn && way.ongoing !== true ? state.takenAt.get(way.name) : undefined,
      subject: id,
      rpo: input.rpo,
      maxBaseAge: params.maxBaseAge,
      encrypted: input.encrypted === true,
    });
}

async function restoreAll(context: Context, subject: Subject, state: State): Promise<void> {
  const { backups } = context.target;
  for (const [index, way] of waysOf(backups, subject.name).entries()) {
    context.say(`restoring ${subject.name} by ${way.name}`);
    const restored = await attempt(context, backups, subject, way);
    if (restored === undefined) continue;
    await judgeCopy(context, { subject, way, isFirst: index === 0, restored, state });
    await restored.remove();
  }
}

/** A backup that cannot be restored is what the drill is after, so it is a measurement and no accident. */
async function attempt(context: Context, backups: Backups, { id, name }: Subject, way: BackupWay) {
  const outcome = (value: 0 | 1, detail?: string): void =>
    context.observe({
      name: `restored (${way.name})`,
      value,
      unit: 'copies',
      is: 1,
      subject: id,
      ...(detail === undefined ? {} : { detail }),
    });
  try {
    const restored = await backups.restore(name, way.name);
    outcome(1);
    return restored;
  } catch (error) {
    if (context.signal.aborted || error instanceof CannotTell) throw error;
    outcome(0, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

interface Copy {
  readonly subject: Subject;
  readonly way: BackupWay;
  /** The way that the RPO rests on; the others are a second line. */
  readonly isFirst: boolean;
  readonly restored: Restored;
  readonly state: State;
}

async function judgeCopy(context: Context, { subject, way, isFirst, restored, state }: Copy): Promise<void> {
  const { id, input, params } = subject;
  const { observe, keep } = context;
  keep(`${subject.name}-${way.name}-phases`, restored.phases);
  observe({
    name: `rto (${way.name})`,
    value: restored.tookMs / 1000,
    unit: 's',
    subject: id,
    ...(input.rto === undefined ? {} : { atMost: seconds(input.rto) }),
  });
  observe({
    name: `rpo (${way.name})`,
    value: lossSeconds(way, restored.markers, state),
    unit: 's',
    subject: id,
    ...(input.rpo === undefined || !isFirst ? {} : { atMost: seconds(input.rpo) }),
    detail: `${restored.markers.length} of ${state.markers.length} markers came back`,
  });
  // A log is replayed in its order: what comes before a write that is there is there.
  if (way.sql)
    observe({
      name: `writes missing before the last that came back (${way.name})`,
      value: gapsIn(restored.markers, state.markers),
      unit: 'writes',
      is: 0,
      subject: id,
    });
  judgeContents(context, { way, subject: id, ...state, restored: await restored.contents() });
  if (way.sql) await judgeStatements(context, { way, subject: id, restored, ...params });
  const faults = await restored.faults();
  observe({
    name: `integrity faults (${way.name})`,
    value: faults.length,
    unit: 'faults',
    is: 0,
    subject: id,
    ...(faults.length === 0 ? {} : { detail: faults.slice(0, 3).join('; ') }),
  });
}

function gapsIn(found: readonly number[], markers: readonly Marker[]): number {
  const last = markers.findLastIndex(({ number }) => found.includes(number));
  return markers.slice(0, last + 1).filter(({ number }) => !found.includes(number)).length;
}

/** From the last write that came back until the loss; where none came back, from before the backup was begun, or since the newest was complete. */
function lossSeconds(way: BackupWay, found: readonly number[], { markers, takenAt, lostAt }: State): number {
  const last = markers.findLast(({ number }) => found.includes(number));
  const from = last?.at ?? takenAt.get(way.name) ?? Number.NaN;
  return Math.max(0, (lostAt - from) / 1000);
}
