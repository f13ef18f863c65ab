import { z } from 'zod';
import { seconds } from '../../model/duration.ts';
import type { BackupWay, Backups, Marker } from '../../model/drill/backups.ts';
import type { Databases } from '../../model/drill/databases.ts';
import {
  CannotTell,
  defineDrill,
  type DrillSubject,
  type Rehearsal,
  type StepContext,
} from '../../model/drill/drill.ts';
import type { Archiving } from './input.ts';

interface Params {
  readonly maxReplay: string;
}

interface Parameters {
  readonly rows: number;
}

type Subject = DrillSubject<Archiving, Params>;
type Context = StepContext<'backups' | 'databases'>;

/** What the steps of one run hand on. Times are milliseconds since the epoch. */
interface State {
  good: Marker | undefined;
  late: Marker | undefined;
  /** The moment to go back to, by the store's clock: after the good marker, before the mistake. */
  moment: number;
}

/** Kinds of stores that are drilled, and how each tells the seconds since the epoch. */
const CLOCKS: ReadonlyMap<string, string> = new Map([
  ['postgres', 'extract(epoch FROM clock_timestamp())'],
  ['mysql', 'unix_timestamp(now(6))'],
  ['mariadb', 'unix_timestamp(now(6))'],
]);
/** A table of the drill's own, where each kind of store lets one be made. */
const VICTIM = 'launchgate_drill.precious';
/** Some logs know whole seconds only, so the mistake happens well after the moment that is gone back to. */
const APART_MS = 2200;

export const drill = defineDrill({
  summary: 'A table is dropped by mistake, and a copy is brought back to the moment before it.',
  blastRadius:
    'A table of the drill’s own is made and dropped in the store. The recovery runs beside it, reached by nobody else.',
  needs: ['backups', 'databases'],
  parameters: z.object({
    rows: z.int().min(1).max(1_000_000).default(10_000).describe('Rows of the table that is dropped.'),
  }),
  plan({ subjects, parameters }: { subjects: readonly Subject[]; parameters: Parameters }) {
    const own = subjects.filter(({ input: { kind, within } }) => within === undefined && CLOCKS.has(kind));
    return {
      runs: own.map((subject) => rehearsal(subject, parameters)),
      left: subjects
        .filter((subject) => !own.includes(subject))
        .map(({ id, input: { kind, within } }) => ({
          subject: id,
          because:
            within === undefined
              ? `no recovery of a ${kind} to a moment is rehearsed`
              : `it lies in store ${within} and is recovered with it`,
        })),
    };
  },
});

function rehearsal(subject: Subject, { rows }: Parameters): Rehearsal<'backups' | 'databases'> {
  const { id, name } = subject;
  const state: State = { good: undefined, late: undefined, moment: 0 };
  return {
    name: `the recovery of ${name} to a moment`,
    subjects: [id],
    hypothesis: [
      {
        name: `answers of ${name}`,
        unit: 'rows',
        timeoutMs: 10_000,
        tolerance: { atLeast: 1 },
        measure: async ({ target: { databases } }) => {
          const sql = await databases.sql(name);
          return (await sql.query('SELECT 1 AS one').finally(() => sql.close())).length;
        },
      },
    ],
    method: [
      {
        name: 'take a backup',
        kind: 'act',
        timeoutMs: 300_000,
        run: async ({ target: { backups } }) => {
          await backups.take(name, wayOf(backups, name).name);
        },
      },
      {
        name: `fill a table with ${rows} rows, and mark the moment`,
        kind: 'act',
        timeoutMs: 60_000,
        run: (context) => fill(context, subject, rows, state),
      },
      {
        name: 'drop the table, and go on writing',
        kind: 'fault',
        timeoutMs: 60_000,
        run: (context) => drop(context, name, state),
      },
      {
        name: 'recover a copy to the moment before',
        kind: 'measure',
        timeoutMs: 1_800_000,
        run: (context) => recover(context, subject, rows, state),
      },
    ],
  };
}

function wayOf(backups: Backups, store: string): BackupWay {
  const way = backups.ways(store).find(({ pointInTime }) => pointInTime);
  if (way !== undefined) return way;
  throw new CannotTell(`this target can bring store ${store} back to no moment`);
}

async function fill(
  { target: { backups, databases } }: Context,
  { name: store, input: { kind } }: Subject,
  rows: number,
  state: State,
): Promise<void> {
  // The first marker also makes the place for the table.
  await backups.mark(store);
  const sql = await databases.sql(store);
  try {
    await sql.query(`DROP TABLE IF EXISTS ${VICTIM}`);
    await sql.query(`CREATE TABLE ${VICTIM} (id BIGINT PRIMARY KEY)`);
    for (let from = 0; from < rows; from += 1000) {
      const ids = Array.from({ length: Math.min(1000, rows - from) }, (_, index) => `(${from + index})`);
      await sql.query(`INSERT INTO ${VICTIM} (id) VALUES ${ids.join(', ')}`);
    }
  } finally {
    await sql.close();
  }
  state.good = await backups.mark(store);
  state.moment = (await clockOf(databases, store, kind)) + APART_MS / 2;
  await new Promise((resolve) => setTimeout(resolve, APART_MS));
}

/** Milliseconds since the epoch by the store's own clock, which its log is written by: the drill's may be another machine's. */
async function clockOf(databases: Databases, store: string, kind: string): Promise<number> {
  const sql = await databases.sql(store);
  const [row] = await sql.query(`SELECT ${CLOCKS.get(kind)} AS number`).finally(() => sql.close());
  const seconds = Number(row?.['number'] ?? Number.NaN);
  if (!Number.isFinite(seconds)) throw new CannotTell(`store ${store} does not tell what time it is`);
  return seconds * 1000;
}

async function drop({ target: { backups, databases }, mark }: Context, store: string, state: State): Promise<void> {
  const sql = await databases.sql(store);
  await sql.query(`DROP TABLE ${VICTIM}`).finally(() => sql.close());
  mark('the table is dropped');
  state.late = await backups.mark(store);
  // The log is shipped when it is full or its time is up; nobody waits for that here.
  await backups.ship(store);
}

async function recover(context: Context, { id, name, input, params }: Subject, rows: number, state: State) {
  const {
    observe,
    target: { backups },
  } = context;
  const way = wayOf(backups, name);
  const seen = (what: string, value: number, is: number, unit: string): void =>
    observe({ name: what, value, unit, is, subject: id });
  let copy;
  try {
    copy = await backups.restore(name, way.name, { time: state.moment });
  } catch (error) {
    if (context.signal.aborted || error instanceof CannotTell) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    observe({ name: 'recovered', value: 0, unit: 'copies', is: 1, subject: id, detail });
    return;
  }
  seen('recovered', 1, 1, 'copies');
  const sql = await copy.sql();
  const counted = await sql
    .query(`SELECT count(*) AS number FROM ${VICTIM}`)
    .then(([row]) => Number(row?.['number']))
    .catch(() => 0)
    .finally(() => sql.close());
  seen('rows of the dropped table that came back', counted, rows, 'rows');
  seen('the last write before the mistake', copy.markers.includes(state.good?.number ?? -1) ? 1 : 0, 1, 'writes');
  seen(
    'writes after the mistake that came along',
    copy.markers.filter((number) => number >= (state.late?.number ?? 0)).length,
    0,
    'writes',
  );
  observe({
    name: 'time to recover',
    value: copy.tookMs / 1000,
    unit: 's',
    subject: id,
    ...(input.rto === undefined ? {} : { atMost: seconds(input.rto) }),
  });
  observe({
    name: 'time to replay',
    value: (copy.phases['replay'] ?? Number.NaN) / 1000,
    unit: 's',
    subject: id,
    atMost: seconds(params.maxReplay),
  });
  await copy.remove();
}
