/**
 * Terraform of 2,000 resources, cold, in a process of its own: read, evaluated, and judged by every control that looks at it. And how the
 * parts grow with the size. `npx node bench/topology.ts [RESOURCES]`
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readHcl } from '../src/engine/read/hcl/index.ts';
import type { CheckReport } from '../src/model/report.ts';
import { evaluateRoots } from '../src/proofs/topology/evaluate/index.ts';
import { networkOf } from '../src/proofs/topology/network/index.ts';
import { strangersPath } from '../src/proofs/topology/paths.ts';
import { writeTree } from './topology-world.ts';

const RESOURCES = Number(process.argv[2] ?? 2000);
const ROUNDS = 7;
const LIMIT_MS = 1000;
const CONTROLS = [
  'network-tiers',
  'data-failover',
  'encryption-at-rest',
  'infrastructure-plan',
  'rbac-least-privilege',
];

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'launchgate-bench-topology-'));
try {
  cold();
  growth();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** The command line, from the start of the process to its end. */
function cold(): void {
  const built = spawnSync(process.execPath, ['tools/build.ts'], { cwd: root, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
  const folder = join(scratch, 'cold');
  const { resources, teams } = writeTree(folder, RESOURCES);
  const run = (...argv: string[]): number => {
    const start = performance.now();
    const { stdout } = spawnSync(process.execPath, [join(root, 'bin/launchgate.js'), 'check', '-f', 'json', ...argv], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
    const time = performance.now() - start;
    demandFound(JSON.parse(stdout) as CheckReport, teams);
    return time;
  };
  const only = CONTROLS.flatMap((id) => ['--control', id]);
  const time = median(Array.from({ length: ROUNDS }, () => run(...only)));
  console.log(`${resources} resources in ${teams + 2} modules, ${CONTROLS.length} controls, cold`);
  console.log(
    `  launchgate check   ${time.toFixed(0).padStart(6)} ms   under ${LIMIT_MS} ms ${time < LIMIT_MS ? 'met' : 'NOT met'}`,
  );
}

/** Right answers first: every database passes failover, and no path leads to one. */
function demandFound({ findings }: CheckReport, teams: number): void {
  const passes = findings.filter(({ control, outcome }) => control === 'data-failover' && outcome === 'pass').length;
  const tiers = findings.filter(({ control, outcome }) => control === 'network-tiers' && outcome === 'pass').length;
  if (passes !== teams || tiers !== 1) throw new Error(`${passes} of ${teams} databases and ${tiers} networks pass`);
}

/** The parts in this process, after a first run that compiles them. */
function growth(): void {
  console.log('resources     read  evaluate   network and paths   in all, µs a resource');
  for (const size of [RESOURCES / 4, RESOURCES / 4, RESOURCES / 2, RESOURCES, RESOURCES * 2]) {
    const folder = join(scratch, String(size));
    const { resources } = writeTree(folder, size);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.tf'));
    const texts = files.map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
    const runs = Array.from({ length: ROUNDS }, () => parts(texts));
    const [read = 0, evaluated = 0, walked = 0] = [0, 1, 2].map((part) =>
      median(runs.map((times) => times[part] ?? 0)),
    );
    const each = ((read + evaluated + walked) * 1000) / resources;
    const cell = (time: number, width: number): string => `${time.toFixed(1)} ms`.padStart(width);
    console.log(
      `${String(resources).padStart(9)}${cell(read, 9)}${cell(evaluated, 10)}${cell(walked, 20)}${each.toFixed(0).padStart(24)}`,
    );
  }
}

function parts(texts: readonly { path: string; text: string }[]): [number, number, number] {
  const start = performance.now();
  const blocks = texts.flatMap(
    ({ path, text }) => readHcl(text, { path, module: path.slice(0, path.lastIndexOf('/')) }).blocks,
  );
  const read = performance.now();
  const roots = evaluateRoots(blocks, { name: 'production', kind: 'production' });
  for (const { resources } of roots)
    for (const resource of resources) for (const name of resource.names()) resource.attribute(name);
  const evaluated = performance.now();
  for (const configuration of roots) {
    const network = networkOf(configuration);
    for (const host of network.hosts) for (const port of host.ports) strangersPath(network, host, port);
  }
  return [read - start, evaluated - read, performance.now() - evaluated];
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}
