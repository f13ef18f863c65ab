/**
 * Rules for 1,000 SLOs in process, with Sloth on the same SLOs as a whole process; and parsing 10,000 rules, with `promtool check rules` on the
 * same file. Equal answers first: the same records as Sloth, the same rules accepted as promtool.
 * `npx node bench/rules.ts [SLOS] [RULES]`
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse as parseYaml, stringify } from 'yaml';
import { installPeer } from './check-peers.ts';
import { parse } from '../src/proofs/alerting/promql/index.ts';
import { generateRules } from '../src/proofs/alerting/slo/generate.testkit.ts';
import type { RuleGroup, Slo } from '../src/proofs/alerting/slo/types.ts';

const SLOS = Number(process.argv[2] ?? 1000);
const RULES = Number(process.argv[3] ?? 10_000);
/** A generator of the same rules; nothing of it runs in this process. */
const SLOTH = { name: 'sloth', module: 'github.com/slok/sloth/cmd/sloth@v0.12.0' };
const ROUNDS = 7;
const GENERATE_LIMIT_MS = 150;
const PARSE_LIMIT_MS = 1000;

const scratch = mkdtempSync(join(tmpdir(), 'launchgate-bench-rules-'));
try {
  const slos = Array.from({ length: SLOS }, (_, index) => sloOf(index));
  const { groups } = generation(slos);
  parsing(groups);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function sloOf(index: number): Slo {
  const selector = `service="s${index}"`;
  return {
    name: `availability-${index}`,
    service: `s${index}`,
    objective: [99, 99.5, 99.9, 99.95][index % 4] ?? 99,
    period: 30 * 86_400,
    sli: {
      kind: 'events',
      bad: `sum(rate(http_requests_total{${selector},code=~"5.."}[{{.window}}]))`,
      total: `sum(rate(http_requests_total{${selector}}[{{.window}}]))`,
    },
  };
}

function generation(slos: readonly Slo[]): { groups: readonly RuleGroup[] } {
  const generate = (): { groups: readonly RuleGroup[] } => generateRules(slos, { page: 'page', ticket: 'ticket' });
  const answer = generate();
  const own = median(() => void generate());
  console.log(`${slos.length} SLOs, ${count(answer.groups)} rules`);
  row('launchgate', own, `${judged(own < GENERATE_LIMIT_MS)} ${GENERATE_LIMIT_MS} ms, in process`);
  const sloth = installPeer(SLOTH, scratch);
  if (typeof sloth !== 'string') {
    console.log(`  no comparison with ${SLOTH.name}: ${sloth.reason}`);
    return answer;
  }
  const input = join(scratch, 'slos.yml');
  writeFileSync(input, slos.map((slo) => stringify(slothSpec(slo))).join('---\n'));
  const output = join(scratch, 'rules.yml');
  const run = (): void =>
    void demand(spawnSync(sloth, ['generate', '-i', input, '-o', output], { encoding: 'utf8', maxBuffer: 1 << 28 }));
  run();
  demandEqualNames(answer.groups, output);
  const theirs = median(run);
  row('sloth', theirs, `${(theirs / own).toFixed(0)}x, with start, reading and writing`);
  return answer;
}

function parsing(groups: readonly RuleGroup[]): void {
  const all = groups.flatMap(({ rules }) => rules);
  const rules = Array.from({ length: RULES }, (_, index) => ({
    record: `r${index}`,
    expr: all[index % all.length]?.expr ?? '',
  }));
  const refused = (): number => rules.filter(({ expr }) => !parse(expr).ok).length;
  if (refused() !== 0) throw new Error('an expression of ours does not parse');
  const own = median(() => void refused());
  const file = join(scratch, 'ten-thousand.yml');
  writeFileSync(file, stringify({ groups: [{ name: 'bench', rules }] }, { lineWidth: 0 }));
  console.log(
    `${rules.length} rules, ${(rules.reduce((sum, { expr }) => sum + expr.length, 0) / 1024).toFixed(0)} KiB of PromQL`,
  );
  row('launchgate', own, `${judged(own < PARSE_LIMIT_MS)} ${PARSE_LIMIT_MS} ms, parsed and typed in process`);
  const probe = spawnSync('promtool', ['--version'], { encoding: 'utf8' });
  if (probe.error !== undefined) {
    console.log('  no comparison with promtool: it is not on PATH');
    return;
  }
  const check = (): void =>
    void demand(spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8', maxBuffer: 1 << 28 }));
  const theirs = median(check);
  row('promtool', theirs, `${(theirs / own).toFixed(2)}x, with start and reading YAML`);
}

function slothSpec({ name, service, objective, sli }: Slo): object {
  if (sli.kind !== 'events') throw new Error('only events');
  return {
    version: 'prometheus/v1',
    service,
    slos: [
      {
        name,
        objective,
        sli: { events: { error_query: sli.bad, total_query: sli.total } },
        alerting: { name, page_alert: {}, ticket_alert: {} },
      },
    ],
  };
}

/** The same records for the same SLOs; Sloth adds one about itself, and has neither absent alerts nor a dead-man switch. */
function demandEqualNames(groups: readonly RuleGroup[], output: string): void {
  const theirs = parseYamlFile(output).flatMap(({ rules }) => rules);
  const named = (rules: readonly { record?: string; labels?: Readonly<Record<string, string>> }[]): Set<string> =>
    new Set(
      rules.flatMap(({ record, labels }) =>
        record === undefined || record === 'sloth_slo_info' ? [] : [`${record} ${labels?.['sloth_id'] ?? ''}`],
      ),
    );
  const mine = named(groups.flatMap(({ rules }) => rules) as { record?: string; labels?: Record<string, string> }[]);
  const other = named(theirs);
  const lost = [...other].filter((name) => !mine.has(name));
  if (lost.length > 0 || other.size === 0)
    throw new Error(`Sloth records ${other.size}, of which are missing here: ${lost.slice(0, 5).join(', ')}`);
  console.log(`  all ${other.size} records of Sloth are there`);
}

function parseYamlFile(path: string): { rules: { record?: string; labels?: Record<string, string> }[] }[] {
  const documents = readFileSync(path, 'utf8').split(/^---$/m);
  return documents.flatMap((text) => (parseYaml(text) as { groups?: { rules: never[] }[] } | null)?.groups ?? []);
}

function demand({ status, stderr, error }: { status: number | null; stderr: string; error?: Error }): void {
  if (error !== undefined || status !== 0) throw error ?? new Error(stderr);
}

function count(groups: readonly RuleGroup[]): number {
  return groups.reduce((sum, { rules }) => sum + rules.length, 0);
}

function median(run: () => void): number {
  run();
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

function judged(holds: boolean): string {
  return holds ? 'under' : 'NOT under';
}

function row(name: string, time: number, note: string): void {
  console.log(`  ${name.padEnd(12)} ${`${time.toFixed(1)} ms`.padStart(11)}  ${note}`);
}
