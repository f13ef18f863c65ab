import { seconds } from '../../model/duration.ts';
import type { BackupWay, Contents, Repository, Restored } from '../../model/drill/backups.ts';
import type { StepContext } from '../../model/drill/drill.ts';

type Observing = Pick<StepContext, 'observe'>;

const MOST_NAMED = 3;
/** By how much clocks of two machines may differ, seconds: a backup of the day before is older. */
const SKEW = 60;

interface RepositoryQuestion {
  readonly way: BackupWay;
  /** Whether the RPO rests on it. */
  readonly isFirst: boolean;
  readonly found: Repository;
  /** Milliseconds since the epoch: when the run began to take its own, which is then the newest; `undefined` where it took none. */
  readonly begunAt: number | undefined;
  readonly subject: string;
  readonly rpo: string | undefined;
  readonly maxBaseAge: string;
  readonly encrypted: boolean;
}

/** Is there a backup, is it new enough, whole as far as its tool can tell, and readable by nobody else? */
export function judgeRepository(
  { observe }: Observing,
  { way, found, begunAt, subject, ...wanted }: RepositoryQuestion,
): void {
  const none = (name: string, found: readonly string[] | undefined, unit: string): void => {
    if (found !== undefined)
      observe({ name: `${name} (${way.name})`, value: found.length, unit, is: 0, subject, ...named(found) });
  };
  observe({ name: `backups (${way.name})`, value: found.backups, unit: 'backups', atLeast: 1, subject });
  if (found.ageSeconds !== undefined)
    observe({
      name: `backup age (${way.name})`,
      value: found.ageSeconds,
      unit: 's',
      subject,
      ...ageBound(way, wanted),
    });
  if (found.ageSeconds !== undefined && begunAt !== undefined) {
    const isThere = found.ageSeconds <= (Date.now() - begunAt) / 1000 + SKEW;
    observe({
      name: `the backup that was taken is there (${way.name})`,
      value: isThere ? 1 : 0,
      unit: 'yes or no',
      is: 1,
      subject,
      ...(isThere ? {} : { detail: 'the tool said that it took one, and the newest is older than that' }),
    });
  }
  if (found.shippedWithin !== undefined) {
    const bounded = Number.isFinite(found.shippedWithin);
    observe({
      name: `log is shipped within a bound (${way.name})`,
      value: bounded ? 1 : 0,
      unit: 'yes or no',
      is: 1,
      subject,
      ...(bounded ? {} : { detail: 'nothing makes the server ship a log that is not full' }),
    });
    if (bounded)
      observe({
        name: `longest until shipped (${way.name})`,
        value: found.shippedWithin,
        unit: 's',
        subject,
        ...(wanted.rpo === undefined ? {} : { atMost: seconds(wanted.rpo) }),
      });
  }
  none('faults noted in the repository', found.faults, 'faults');
  none('files that others may read', found.exposed, 'files');
  if (wanted.encrypted) none('files that are not encrypted', found.plain, 'files');
}

/**
 * Without a log whatever is newer than the backup is lost. With one a backup may be as old as replaying onto it allows, and so may a second line.
 */
function ageBound(
  way: BackupWay,
  { rpo, maxBaseAge, isFirst }: Pick<RepositoryQuestion, 'rpo' | 'maxBaseAge' | 'isFirst'>,
) {
  if (way.continuous || !isFirst) return { atMost: seconds(maxBaseAge) };
  return rpo === undefined ? {} : { atMost: seconds(rpo) };
}

interface ContentsQuestion {
  readonly way: BackupWay;
  /** Whether the backup is of this run. One that was there before lacks rightly what was written since. */
  readonly isOwn: boolean;
  readonly subject: string;
  readonly before: Contents;
  readonly after: Contents;
  readonly restored: Contents;
}

/**
 * What did not change while the backup was made must be the same in the copy. What did cannot be compared: a queue may have been long and short
 * meanwhile. So the copy as a whole is counted: a store in use that comes back with less than half of its rows has lost them. What the store gives up
 * by itself is told, and held to nothing.
 */
export function judgeContents({ observe }: Observing, { way, isOwn, subject, ...all }: ContentsQuestion): void {
  const [before, after, restored] = [logged(all.before), logged(all.after), logged(all.restored)];
  const still = Object.keys(before).filter((unit) => isSame(before[unit], after[unit]));
  const different = still.filter((unit) => !isSame(before[unit], restored[unit]));
  // What was dropped meanwhile, as an old partition is, may be there or not.
  const missing = Object.keys(before).filter(
    (unit) => !still.includes(unit) && after[unit] !== undefined && restored[unit] === undefined,
  );
  const wrong = [
    ...different.map((unit) => difference(unit, before, restored)),
    ...missing.map((unit) => `${unit} is missing`),
  ];
  observe({ name: `compared (${way.name})`, value: still.length, unit: 'items', subject });
  const least = Math.min(rowsOf(before), rowsOf(after));
  observe({
    name: `rows that came back (${way.name})`,
    value: rowsOf(restored),
    unit: 'rows',
    ...(least === 0 ? {} : { atLeast: isOwn ? Math.ceil(least / 2) : 1 }),
    subject,
    detail: `${rowsOf(before)} before, ${rowsOf(after)} after`,
  });
  observe({
    name: `different from the original (${way.name})`,
    value: wrong.length,
    unit: 'items',
    ...(isOwn ? { is: 0 } : {}),
    subject,
    ...named(wrong),
  });
  const given = Object.keys(all.before).filter((unit) => all.before[unit]?.unlogged === true);
  const gone = given.map((unit) => Math.max(0, rowsIn(all.before, unit) - rowsIn(all.restored, unit)));
  if (given.length > 0)
    observe({
      name: `rows that no log holds and that did not come back (${way.name})`,
      value: gone.reduce((sum, rows) => sum + rows, 0),
      unit: 'rows',
      subject,
      ...named(given),
    });
}

function logged(contents: Contents): Contents {
  return Object.fromEntries(Object.entries(contents).filter(([, { unlogged }]) => unlogged !== true));
}

function rowsIn(contents: Contents, unit: string): number {
  return contents[unit]?.rows ?? 0;
}

function rowsOf(contents: Contents): number {
  return Object.values(contents).reduce((sum, { rows }) => sum + rows, 0);
}

type Unit = Contents[string] | undefined;

function isSame(one: Unit, other: Unit): boolean {
  return one !== undefined && other !== undefined && one.rows === other.rows && one.digest === other.digest;
}

function difference(unit: string, before: Contents, restored: Contents): string {
  const [was, is] = [before[unit]?.rows, restored[unit]?.rows];
  if (is === undefined) return `${unit} is missing`;
  return was === is
    ? `${unit} has ${is} rows as before, and not the same ones`
    : `${unit} has ${is} rows instead of ${was}`;
}

interface StatementsQuestion {
  readonly way: BackupWay;
  readonly subject: string;
  readonly restored: Restored;
  readonly invariants: readonly { readonly name: string; readonly sql: string }[];
  readonly smoke: readonly { readonly name: string; readonly sql: string; readonly as?: string | undefined }[];
}

/** Rules that the data keep, and what the platform does all day. */
export async function judgeStatements(
  { observe }: Observing,
  { way, subject, restored, invariants, smoke }: StatementsQuestion,
): Promise<void> {
  const broken: string[] = [];
  for (const { name, sql } of invariants) {
    const said = await ask(restored, sql);
    if (said !== 0) broken.push(`${name}: ${typeof said === 'string' ? said : `${said} rows break it`}`);
  }
  const failed: string[] = [];
  for (const { name, sql, as } of smoke) {
    const said = await ask(restored, sql, as);
    if (typeof said === 'string' || said === 0) failed.push(`${name}: ${said === 0 ? 'no row' : said}`);
  }
  if (invariants.length > 0)
    observe({
      name: `broken invariants (${way.name})`,
      value: broken.length,
      unit: 'rules',
      is: 0,
      subject,
      ...named(broken),
    });
  if (smoke.length > 0)
    observe({
      name: `failed smoke tests (${way.name})`,
      value: failed.length,
      unit: 'tests',
      is: 0,
      subject,
      ...named(failed),
    });
}

/** Number of rows, or the server's words. */
async function ask(restored: Restored, text: string, as?: string): Promise<number | string> {
  try {
    const sql = await restored.sql(as);
    try {
      return (await sql.query(text)).length;
    } finally {
      await sql.close();
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function named(all: readonly string[]): { readonly detail?: string } {
  if (all.length === 0) return {};
  const rest = all.length > MOST_NAMED ? `, and ${all.length - MOST_NAMED} more` : '';
  return { detail: `${all.slice(0, MOST_NAMED).join(', ')}${rest}` };
}
