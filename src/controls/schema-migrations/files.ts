/** Migrations in files, as far as their names tell whether they can go back. */
export interface MigrationFiles {
  readonly forward: number;
  /** Steps without their way back. */
  readonly oneWay: readonly string[];
}

/** Pairs that tools write side by side: golang-migrate, dbmate's and diesel's folders; Flyway's versioned and undo scripts. */
const PAIRS: readonly (readonly [forward: RegExp, back: (path: string) => string])[] = [
  [/\.up\.sql$/, (path) => path.replace(/\.up\.sql$/, '.down.sql')],
  [/\/up\.sql$/, (path) => path.replace(/\/up\.sql$/, '/down.sql')],
];

export function migrationFiles(files: readonly string[]): MigrationFiles {
  const all = new Set(files);
  const steps = PAIRS.flatMap(([forward, back]) =>
    files.filter((path) => forward.test(path)).map((path) => ({ path, back: back(path) })),
  );
  return { forward: steps.length, oneWay: steps.filter(({ back }) => !all.has(back)).map(({ path }) => path) };
}
