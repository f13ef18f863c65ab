/** What came of killing the engine in every step, as the page of the docs: a line for each drill, written as soon as it is known. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Killed } from './killed.ts';

const PAGE = fileURLToPath(new URL('../../../docs/drills-killed.md', import.meta.url));
const LINE = /^\| ([a-z-]+) \| (\d+) \| (\d+) \| ([\d.]+) s \| (.*) \|$/gm;
const NOTHING = 'nothing';

/** One kill: the step it fell into, and what of the lab was not as before when the watchdog was done. */
export interface Row extends Killed {
  readonly rehearsal: string;
  readonly changed: readonly string[];
}

interface Line {
  readonly control: string;
  readonly kills: number;
  readonly faults: number;
  readonly seconds: number;
  readonly left: string;
}

/** Writes the line of a drill into docs/drills-killed.md; those of others stay. */
export function publish(control: string, rows: readonly Row[], date: Date): void {
  const others = published().filter((line) => line.control !== control);
  const lines = rows.length === 0 ? others : [...others, lineOf(control, rows)];
  const ordered = lines.toSorted((a, b) => (a.control < b.control ? -1 : 1));
  writeFileSync(PAGE, pageOf(ordered, date));
}

function published(): Line[] {
  if (!existsSync(PAGE)) return [];
  return [...readFileSync(PAGE, 'utf8').matchAll(LINE)].map(([, control = '', kills, faults, seconds, left = '']) => ({
    control,
    kills: Number(kills),
    faults: Number(faults),
    seconds: Number(seconds),
    left,
  }));
}

function lineOf(control: string, rows: readonly Row[]): Line {
  const left = rows
    .map(({ step, left: kept, changed }) => ({ step, all: [...kept, ...changed.map(nameOf)] }))
    .filter(({ all }) => all.length > 0)
    .map(({ step, all }) => `${step}: ${all.join(', ')}`);
  return {
    control,
    kills: rows.length,
    faults: Math.max(...rows.map(({ faults }) => faults)),
    seconds: Math.max(...rows.map(({ undoneMs }) => undoneMs)) / 1000,
    left: left.join('; ').replaceAll('|', '/') || NOTHING,
  };
}

/** The page has room for what changed, not for how. */
function nameOf(changed: string): string {
  return changed.split(': ')[0] ?? changed;
}

function pageOf(lines: readonly Line[], date: Date): string {
  const kills = lines.reduce((sum, line) => sum + line.kills, 0);
  const clean = lines.filter(({ left }) => left === NOTHING).length;
  const slowest = lines.reduce((most, { seconds }) => Math.max(most, seconds), 0);
  return `# The engine killed in every step of every drill

Written by \`LAUNCHGATE_TEST_PUBLISH=1 npm run test:full\`, last on ${date.toISOString().slice(0, 10)}. Each drill ran once for each of its steps, and its engine was ended
by SIGKILL half-way through that step. Then the watchdog took back what the journal says, and the lab was compared with what it was before: parts and
their ports, the edge's configuration, monitoring's rules, roles, databases, tables, settings and standbys of PostgreSQL, users of MariaDB and Redis,
streams of NATS, folders of runs. A drill without a line is new. What the lab can run
nothing of was not killed in its later steps.

${lines.length} drills, ${kills} kills; ${clean} drills left nothing. The slowest kill was undone after ${slowest.toFixed(1)} s.

| Drill | Kills | Faults noted at most | Undone within | Left |
| --- | --- | --- | --- | --- |
${lines.map(({ control, kills: own, faults, seconds, left }) => `| ${control} | ${own} | ${faults} | ${seconds.toFixed(1)} s | ${left} |`).join('\n')}
`;
}
