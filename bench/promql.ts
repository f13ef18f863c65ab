/**
 * Parsing and type-checking 10,000 rules, beside `promtool check rules` on the same rules. Both must refuse the same ones.
 * `npx node bench/promql.ts [RULES]`
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { parse } from '../src/proofs/alerting/promql/index.ts';

const ROUNDS = 5;
const count = Number(process.argv[2] ?? 10_000);
const rules = variations(exampleRules(), count);
const folder = mkdtempSync(join(tmpdir(), 'launchgate-promql-'));
try {
  const file = join(folder, 'rules.json');
  const listed = rules.map((expr, index) => ({ record: `r${index}`, expr }));
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'g', rules: listed }] }));
  const ours: number[] = [];
  const processor: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    ours.push(timed(() => equal(rules.filter((expr) => !parse(expr).ok).length, 'launchgate')));
    const { user, system } = process.cpuUsage(before);
    processor.push((user + system) / 1000);
    theirs.push(timed(() => equal(refusedByPromtool(file), 'promtool')));
  }
  const length = rules.join('').length / rules.length;
  process.stdout.write(`${count} rules of ${length.toFixed(0)} characters, ${broken()} of them broken\n`);
  process.stdout.write(
    `launchgate  first ${format(ours[0])}, median ${format(median(ours))}, of processor time first ${format(processor[0])}, median ${format(median(processor))}\n`,
  );
  process.stdout.write(`promtool    median ${format(median(theirs))}, with its start\n`);
} finally {
  rmSync(folder, { recursive: true });
}

/** Every hundredth rule misses its last character, mostly a parenthesis or a digit. */
function variations(samples: readonly string[], wanted: number): string[] {
  return Array.from({ length: wanted }, (_, index) => {
    const sample = samples[index % samples.length] ?? 'up';
    const own = sample.replaceAll('[5m]', `[${(index % 50) + 1}m]`);
    return index % 100 === 99 ? `(${own}` : own;
  });
}

function broken(): number {
  return Math.floor(count / 100);
}

function exampleRules(): string[] {
  const rendered = new URL('../examples/gpu-cloud/.rendered/k8s/overlays/production.yaml', import.meta.url);
  const objects = loadAll(readFileSync(rendered, 'utf8')) as {
    kind?: string;
    spec?: { groups?: { rules: { expr: unknown }[] }[] };
  }[];
  const groups = objects.flatMap(({ kind, spec }) => (kind === 'PrometheusRule' ? (spec?.groups ?? []) : []));
  return groups.flatMap((group) => group.rules.map(({ expr }) => String(expr).trim()));
}

function refusedByPromtool(file: string): number {
  const { stdout, stderr, error } = spawnSync('promtool', ['check', 'rules', file], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw new Error('promtool is not on PATH: run tools/setup', { cause: error });
  return new Set([...`${stdout}${stderr}`.matchAll(/rule \d+, "r(\d+)"/g)].map(([, index]) => index)).size;
}

function equal(refused: number, who: string): void {
  if (refused !== broken()) throw new Error(`${who} refuses ${refused} rules, ${broken()} are broken`);
}

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}

function format(milliseconds: number | undefined): string {
  return `${(milliseconds ?? Number.NaN).toFixed(0)} ms`;
}
