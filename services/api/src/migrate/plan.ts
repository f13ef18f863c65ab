/** What is to be done, from what lies on disk and what the database says was applied. Pure. */
import type { Migration } from './files.ts';
import { MigrationRefused } from './refused.ts';

export interface Applied {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  /** Began without a transaction and did not end. */
  readonly dirty: boolean;
}

export type State = 'applied' | 'pending' | 'dirty' | 'edited' | 'newer';

export interface Line {
  readonly version: number;
  readonly name: string;
  readonly state: State;
}

/**
 * Every migration known to either side. `newer` is what a later release has applied: a release that was rolled back meets its
 * own future, and since migrations are additive that is no fault.
 */
export function compare(files: readonly Migration[], applied: readonly Applied[]): Line[] {
  const rows = new Map(applied.map((row) => [row.version, row]));
  const known = files.map(({ version, name, checksum }): Line => {
    const row = rows.get(version);
    if (row === undefined) return { version, name, state: 'pending' };
    // What never ended may be mended before it is tried again.
    if (row.dirty) return { version, name, state: 'dirty' };
    return { version, name, state: row.checksum === checksum && row.name === name ? 'applied' : 'edited' };
  });
  const newer = applied
    .filter(({ version }) => version > files.length)
    .map(({ version, name }): Line => ({ version, name, state: 'newer' }));
  return [...known, ...newer];
}

/** What `up` runs, in order. A dirty one is tried again. */
export function stepsUp(files: readonly Migration[], applied: readonly Applied[]): Migration[] {
  const lines = compare(files, applied);
  refuseEdited(lines);
  const last = lines.findLastIndex(({ state }) => state === 'applied' || state === 'newer');
  const gap = lines.find(({ state }, index) => state === 'pending' && index < last);
  if (gap !== undefined)
    throw new MigrationRefused(`${label(gap)} is not applied, but a later one is: they run in their order only`);
  return files.filter((_, index) => lines[index]?.state === 'pending' || lines[index]?.state === 'dirty');
}

/** What `down` reverts, newest first, until `target` is the newest that is left; without a target, the newest alone. */
export function stepsDown(files: readonly Migration[], applied: readonly Applied[], target?: number): Migration[] {
  const lines = compare(files, applied);
  refuseEdited(lines);
  const newer = lines.find(({ state }) => state === 'newer');
  if (newer !== undefined)
    throw new MigrationRefused(
      `${label(newer)} was applied by a later release; revert with that release, which has its way back`,
    );
  const newest = Math.max(0, ...applied.map(({ version }) => version));
  const until = target ?? Math.max(0, newest - 1);
  if (until > newest) throw new MigrationRefused(`the schema is at ${newest}; it cannot go down to ${until}`);
  return files.filter(({ version }) => version > until && version <= newest).toReversed();
}

function refuseEdited(lines: readonly Line[]): void {
  const edited = lines.filter(({ state }) => state === 'edited');
  if (edited.length > 0)
    throw new MigrationRefused(
      `${edited.map(label).join(', ')}: applied, and edited since; restore the file and write another migration for the change`,
    );
}

function label({ version, name }: Line): string {
  return `${String(version).padStart(4, '0')}_${name}`;
}
