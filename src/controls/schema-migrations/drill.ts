import { z } from 'zod';
import { seconds } from '../../model/duration.ts';
import type { Contents, Restored } from '../../model/drill/backups.ts';
import {
  CannotTell,
  defineDrill,
  type DrillSubject,
  type Rehearsal,
  type StepContext,
} from '../../model/drill/drill.ts';
import type { Migrations, Params } from './check.ts';

type Subject = DrillSubject<Migrations, Params>;
type Context = StepContext<'backups'>;

export const drill = defineDrill({
  summary:
    'On a restored copy the newest migration is taken back and applied again, then all of them, and the statements of the code that runs are tried on what comes out.',
  blastRadius: 'A backup of the store is taken as on any day. Migrations touch the copy alone.',
  needs: ['backups'],
  parameters: z.object({}),
  plan({ subjects }: { subjects: readonly Subject[] }) {
    const migrated = subjects.flatMap((subject) => storesOf(subject).map((store) => rehearsal(subject, store)));
    const left = subjects
      .filter((subject) => storesOf(subject).length === 0)
      .map(({ id }) => ({
        subject: id,
        because: 'the spec names no PostgreSQL whose schema could be migrated on a copy',
      }));
    return { runs: migrated, left };
  },
});

function storesOf({ input }: Subject): string[] {
  return input.stores.filter(({ kind }) => kind === 'postgres').map(({ name }) => name);
}

function rehearsal(subject: Subject, store: string): Rehearsal<'backups'> {
  return {
    name: `the migrations of ${store}`,
    subjects: [subject.id],
    hypothesis: [],
    method: [
      {
        name: `migrate a copy of ${store} up, down and up`,
        kind: 'measure',
        timeoutMs: 1_800_000,
        run: (context) => migrateCopy(context, subject, store),
      },
    ],
  };
}

async function migrateCopy(context: Context, subject: Subject, store: string): Promise<void> {
  const { backups } = context.target;
  const way = backups.ways(store).find(({ sql }) => sql);
  if (way === undefined) throw new CannotTell(`this target can make no copy of store ${store}`);
  await backups.take(store, way.name);
  const copy = await backups.restore(store, way.name);
  const { id, params } = subject;
  if (tablesIn(await copy.contents()).length === 0)
    throw new CannotTell(`the copy of ${store} holds no table, so nothing in it could be migrated`);
  // The copy is as old as the backup: what was released since comes first.
  await migrate(context, copy, { name: 'up to date', args: ['up'], subject: id });
  const before = await copy.contents();
  await migrate(context, copy, { name: 'newest down', args: ['down'], subject: id });
  await migrate(context, copy, {
    name: 'newest up again',
    args: ['up'],
    subject: id,
    atMost: seconds(params.maxMigration),
  });
  const after = await copy.contents();
  const changed = Object.keys(before).filter((table) => before[table]?.rows !== after[table]?.rows);
  context.observe({
    name: 'tables whose rows the newest migration does not bring back',
    value: changed.length,
    unit: 'tables',
    subject: id,
    ...(changed.length === 0 ? {} : { detail: changed.join(', ') }),
  });
  await migrate(context, copy, { name: 'old statements on the new schema', args: ['check'], subject: id });
  await migrate(context, copy, { name: 'all down', args: ['down', '--to=0'], subject: id });
  const bare = tablesIn(await copy.contents());
  context.observe({
    name: 'tables that taking all back removes',
    value: tablesIn(before).filter((table) => !bare.includes(table)).length,
    unit: 'tables',
    atLeast: 1,
    subject: id,
    detail: `${bare.length} of ${tablesIn(before).length} are left`,
  });
  await migrate(context, copy, { name: 'all up again', args: ['up'], subject: id });
  const again = tablesIn(await copy.contents());
  const lacking = tablesIn(before).filter((table) => !again.includes(table));
  context.observe({
    name: 'tables that all migrations do not make again',
    value: lacking.length,
    unit: 'tables',
    is: 0,
    subject: id,
    ...(lacking.length === 0 ? {} : { detail: lacking.join(', ') }),
  });
  await migrate(context, copy, { name: 'old statements on the schema from nothing', args: ['check'], subject: id });
  await copy.remove();
}

/** Without partitions: those of a month are made when it comes, and by no migration. */
function tablesIn(contents: Contents): string[] {
  return Object.keys(contents).filter((table) => contents[table]?.partition !== true);
}

interface Migration {
  readonly name: string;
  readonly args: readonly string[];
  readonly subject: string;
  /** Seconds. */
  readonly atMost?: number;
}

async function migrate(context: Context, copy: Restored, { name, args, subject, atMost }: Migration): Promise<void> {
  context.say(`migrating a copy: ${name}`);
  const began = context.now();
  const { status, text } = await copy.migrate(args);
  context.keep(name.replaceAll(' ', '-'), text);
  context.observe({
    name,
    value: status,
    unit: 'exit status',
    is: 0,
    subject,
    ...(status === 0 ? {} : { detail: text.trim().split('\n').slice(-3).join('; ') }),
  });
  if (atMost !== undefined)
    context.observe({ name: `time of ${name}`, value: (context.now() - began) / 1000, unit: 's', atMost, subject });
}
