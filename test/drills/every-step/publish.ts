/** What came of killing the engine in every step, as the page of the docs. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Killed } from './killed.ts';

const PAGE = fileURLToPath(new URL('../../../docs/drills-killed.md', import.meta.url));

/** One kill: the step it fell into, and what of the lab was not as before when the watchdog was done. */
export interface Row extends Killed {
  readonly control: string;
  readonly rehearsal: string;
  readonly changed: readonly string[];
}

/** Writes docs/drills-killed.md. */
export function publish(rows: readonly Row[]): void {
  writeFileSync(PAGE, pageOf(rows));
}

function pageOf(rows: readonly Row[]): string {
  const clean = rows.filter(isClean);
  const drills = Map.groupBy(rows, ({ control }) => control);
  const slowest = Math.max(0, ...rows.map(({ undoneMs }) => undoneMs));
  return `# The engine killed in every step of every drill

Written by \`LAUNCHGATE_TEST_PUBLISH=1 npm run test:full\`. Each drill ran once for each of its steps, and its engine was ended by SIGKILL half-way
through that step. Then the watchdog took back what the journal says, and the lab was compared with what it was before: parts and their ports, the
edge's configuration, monitoring's rules, roles, databases, tables, settings and standbys of PostgreSQL, users of MariaDB and Redis, streams of
NATS, folders of runs.

${drills.size} drills, ${rows.length} kills, ${clean.length} left nothing. The slowest was undone after ${seconds(slowest)}.

| Drill | Kills | Faults noted at most | Undone within | Left |
| --- | --- | --- | --- | --- |
${[...drills].map(([control, kills]) => rowOf(control, kills)).join('\n')}
`;
}

function rowOf(control: string, kills: readonly Row[]): string {
  const left = kills
    .filter((kill) => !isClean(kill))
    .map(({ step, left: kept, changed }) => `${step}: ${[...kept, ...changed].join(', ')}`);
  const most = Math.max(...kills.map(({ faults }) => faults));
  const slowest = Math.max(...kills.map(({ undoneMs }) => undoneMs));
  return `| ${control} | ${kills.length} | ${most} | ${seconds(slowest)} | ${left.join('; ') || 'nothing'} |`;
}

function isClean({ left, changed }: Row): boolean {
  return left.length === 0 && changed.length === 0;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
