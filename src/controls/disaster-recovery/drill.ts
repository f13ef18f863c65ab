import { z } from 'zod';
import { seconds } from '../../model/duration.ts';
import type { Marker } from '../../model/drill/backups.ts';
import {
  CannotTell,
  defineDrill,
  type DrillSubject,
  type Rehearsal,
  type StepContext,
} from '../../model/drill/drill.ts';
import type { Site } from '../../model/drill/sites.ts';
import { completedAt } from '../../proofs/drilling/backups.ts';
import { judgeSite } from '../../proofs/drilling/site.ts';
import type { Params } from './check.ts';
import type { Recovery, StoreRecovery } from './input.ts';

interface Parameters {
  readonly markers: number;
  readonly everyMs: number;
  readonly take: boolean;
}

type Subject = DrillSubject<Recovery, Params>;
type Needs = 'backups' | 'sites';
type Context = StepContext<Needs>;

interface Written {
  /** Was there before the backup was begun, so it is in it; `undefined` where none was taken, or nothing can be written to the store. */
  readonly first: Marker | undefined;
  /** Milliseconds since the epoch: from when on a write may be missing in the backup. NaN where nobody knows. */
  readonly takenAt: number;
  readonly markers: Marker[];
}

/** What the steps of one run hand on. */
interface State {
  readonly stores: Map<string, Written>;
  lostAt: number;
}

export const drill = defineDrill({
  summary:
    'The site counts as lost: every store comes back from its backups alone, in an empty place, and the whole platform is started on it.',
  blastRadius:
    'The platform serves on: backups are taken as on any day, and a few markers are written. The second platform takes the same memory and processor time again while it runs.',
  needs: ['backups', 'sites'],
  parameters: z.object({
    markers: z.int().min(1).max(1000).default(3).describe('Markers that are written to each store after its backup.'),
    everyMs: z.int().min(1).max(60_000).default(100).describe('Milliseconds between two markers.'),
    take: z
      .union([z.boolean(), z.stringbool()])
      .default(true)
      .describe(
        'Whether backups are taken first; false restores the newest that are there, and tells the RPO only of stores that a log brings up to the loss.',
      ),
  }),
  plan({ subjects, parameters }: { subjects: readonly Subject[]; parameters: Parameters }) {
    return { runs: subjects.map((subject) => rehearsal(subject, parameters)) };
  },
});

function rehearsal(subject: Subject, parameters: Parameters): Rehearsal<Needs> {
  const state: State = { stores: new Map(), lostAt: 0 };
  const { input, id } = subject;
  return {
    name: 'the loss of the site',
    subjects: [id],
    hypothesis: [],
    method: [
      {
        name: 'take a backup of each store, and write markers after it',
        kind: 'act',
        timeoutMs: 600_000,
        run: (context) => prepare(context, input.stores, parameters, state),
      },
      {
        name: 'build the platform from its backups in an empty place, and judge it',
        kind: 'measure',
        timeoutMs: seconds(subject.params.maxRto) * 1000 + 60_000,
        run: (context) => rebuild(context, subject, state),
      },
    ],
  };
}

async function prepare(
  { target: { backups }, say, mark, signal }: Context,
  stores: readonly StoreRecovery[],
  { markers, everyMs, take }: Parameters,
  state: State,
): Promise<void> {
  for (const { name } of stores) {
    const [way] = backups.ways(name);
    if (way === undefined) continue;
    const first = take ? await backups.mark(name) : undefined;
    const takenAt = take ? Date.now() : completedAt(await backups.inspect(name, way.name));
    state.stores.set(name, { first: isWritten(first) ? first : undefined, takenAt, markers: [] });
    if (!take) continue;
    say(`backing ${name} up by ${way.name}`);
    await backups.take(name, way.name);
  }
  if (state.stores.size === 0) throw new CannotTell('this target can restore none of the stores');
  for (let number = 0; number < markers; number += 1) {
    signal.throwIfAborted();
    for (const [name, written] of state.stores) written.markers.push(await backups.mark(name));
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  state.lostAt = Date.now();
  mark('the site counts as lost');
}

/** Markers count from one; where a store takes none they are nought. */
function isWritten(marker: Marker | undefined): boolean {
  return marker !== undefined && marker.number > 0;
}

async function rebuild(context: Context, subject: Subject, state: State): Promise<void> {
  const { id } = subject;
  let site: Site;
  try {
    site = await context.target.sites.build('backups');
  } catch (error) {
    if (context.signal.aborted || error instanceof CannotTell) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    context.observe({ name: 'rebuilt', value: 0, unit: 'platforms', is: 1, subject: id, detail });
    return;
  }
  context.observe({ name: 'rebuilt', value: 1, unit: 'platforms', is: 1, subject: id });
  judgeTimes(context, subject, site);
  judgeLoss(context, subject, site, state);
  await judgeSite(context, id, site, subject.params);
  await site.remove();
}

function judgeTimes({ observe, keep }: Context, { id, params }: Subject, site: Site): void {
  keep('phases', site.phases);
  observe({ name: 'total rto', value: site.tookMs / 1000, unit: 's', atMost: seconds(params.maxRto), subject: id });
}

function judgeLoss({ observe }: Context, { id, input, params }: Subject, site: Site, { stores, lostAt }: State): void {
  const backedUp = input.stores.filter(({ name }) => stores.has(name));
  const restored = backedUp.filter(({ name }) => site.markers[name] !== undefined);
  const left = input.stores.filter((store) => !backedUp.includes(store)).map(({ name }) => name);
  const losses = restored.map(({ name }) => {
    const { takenAt, first, markers } = stores.get(name)!;
    const last = markers.findLast(({ number }) => site.markers[name]?.includes(number));
    // With no marker from before the backup a store that came back empty looks like one that came back old.
    if (last === undefined && first === undefined && markers.some(isWritten)) return Number.NaN;
    return Math.max(0, (lostAt - (last?.at ?? takenAt)) / 1000);
  });
  for (const [index, { name, kind, rpo }] of restored.entries()) {
    const bound = params.databases.includes(kind) ? (rpo ?? params.maxRpo) : rpo;
    observe({
      name: `rpo of ${name}`,
      value: losses[index]!,
      unit: 's',
      subject: id,
      ...(bound === undefined ? {} : { atMost: seconds(bound) }),
    });
  }
  // Each is held to its own; what the platform as a whole went back to is the oldest of them.
  if (losses.length > 0) observe({ name: 'total rpo', value: Math.max(...losses), unit: 's', subject: id });
  observe({ name: 'stores restored', value: restored.length, unit: 'stores', atLeast: 1, subject: id });
  const count = (name: string, found: readonly string[], bound: { readonly is?: number } = {}): void =>
    observe({
      name,
      value: found.length,
      unit: 'stores',
      ...bound,
      subject: id,
      ...(found.length === 0 ? {} : { detail: found.join(', ') }),
    });
  const namesOf = (some: readonly StoreRecovery[]): string[] => some.map(({ name }) => name);
  count('stores that were not brought back', namesOf(backedUp.filter((store) => !restored.includes(store))), { is: 0 });
  // An empty store starts as well as any other, and a platform makes itself at home in it.
  const lacking = restored.filter(({ name }) => {
    const first = stores.get(name)!.first;
    return first !== undefined && site.markers[name]?.includes(first.number) !== true;
  });
  count('stores without what was there before the backup', namesOf(lacking), { is: 0 });
  count('stores that this target has no backups of', left);
}
