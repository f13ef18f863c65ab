/**
 * `check`, cold, against kube-score and kube-linter on the same manifests in the same run: equal answers first, then wall time
 * and peak memory. And on an empty folder against `node -e 0`. `npx node bench/check.ts [MANIFESTS]`
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CheckReport } from '../src/model/report.ts';
import { installPeer, PEERS } from './check-peers.ts';
import { writeManifests, type ManifestFolder } from './check-world.ts';

const MANIFESTS = Number(process.argv[2] ?? 1000);
const ROUNDS = 7;
const QUICK_ROUNDS = 31;
const LIMIT_MB = 300;

/** A command line that is measured, the same in every round. */
interface Runner {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'launchgate-bench-check-'));
try {
  build();
  manifests();
  emptyFolder();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function build(): void {
  const { status, stderr } = spawnSync(process.execPath, ['tools/build.ts'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

function launchgate(cwd: string, ...args: string[]): Runner {
  return { name: 'launchgate check', argv: [process.execPath, join(root, 'bin/launchgate.js'), ...args], cwd };
}

function manifests(): void {
  const folder = join(scratch, 'manifests');
  const world = writeManifests(folder, MANIFESTS);
  const own = launchgate(folder, 'check', '-f', 'json');
  demandEqual('launchgate', latestIn(run(own)), world);
  const rivals = PEERS.flatMap((peer) => {
    const binary = installPeer(peer, scratch);
    if (typeof binary !== 'string') {
      console.log(`no comparison with ${peer.name}: ${binary.reason}`);
      return [];
    }
    const rival: Runner = { name: peer.name, argv: [binary, ...peer.argv(folder, world)], cwd: folder };
    demandEqual(peer.name, peer.countLatest(run(rival)), world);
    return [rival];
  });
  console.log(`${world.files.length} manifests, ${world.latest} images that follow latest, found alike by all`);
  const [mine = Number.NaN, ...theirs] = medians([own, ...rivals], ROUNDS);
  const memory = peakMegabytes(own);
  row(own.name, mine, memory, memory === undefined ? '' : judged(memory < LIMIT_MB, `under ${LIMIT_MB} MB`));
  for (const [index, rival] of rivals.entries()) {
    const time = theirs[index] ?? Number.NaN;
    row(rival.name, time, peakMegabytes(rival), `${(time / mine).toFixed(2)}x: ${judged(mine <= time, 'not slower')}`);
  }
}

function emptyFolder(): void {
  const folder = join(scratch, 'empty');
  mkdirSync(folder);
  const own = launchgate(folder, 'check');
  const bare: Runner = { name: 'node -e 0', argv: [process.execPath, '-e', '0'], cwd: folder };
  const [mine = Number.NaN, theirs = Number.NaN] = medians([own, bare], QUICK_ROUNDS);
  console.log('empty folder');
  row(bare.name, theirs);
  row(own.name, mine, undefined, `${(mine / theirs).toFixed(2)}x: ${judged(mine <= 2 * theirs, 'within 2x')}`);
}

function latestIn(out: string): number {
  const { findings } = JSON.parse(out) as CheckReport;
  return findings.filter(({ control, message }) => control === 'immutable-images' && /\blatest\b,/.test(message))
    .length;
}

function demandEqual(name: string, found: number, { latest }: ManifestFolder): void {
  if (found !== latest) throw new Error(`${name} finds ${found} images that follow latest, and there are ${latest}`);
}

/** Standard output of a run; an exit status of its own is the tool's verdict, a signal is a fault. */
function run({ argv: [command, ...args], cwd, name }: Runner): string {
  const child = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 30 });
  if (child.error !== undefined || child.status === null)
    throw new Error(`${name}: ${String(child.error ?? child.signal)}`);
  return child.stdout;
}

/** Milliseconds, the median of each over rounds in which all take their turn, after one that only warms caches. */
function medians(runners: readonly Runner[], rounds: number): number[] {
  for (const runner of runners) run(runner);
  const times = runners.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, runner] of runners.entries()) {
      const start = performance.now();
      run(runner);
      times[index]?.push(performance.now() - start);
    }
  }
  return times.map((all) => all.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN);
}

/** Peak resident memory as GNU time reports it; `undefined` where that is missing. */
function peakMegabytes({ argv, cwd }: Runner): number | undefined {
  if (!existsSync('/usr/bin/time')) return undefined;
  const { stderr } = spawnSync('/usr/bin/time', ['-v', ...argv], { cwd, encoding: 'utf8', maxBuffer: 1 << 30 });
  const kilobytes = /Maximum resident set size \(kbytes\): (\d+)/.exec(stderr)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

function judged(holds: boolean, what: string): string {
  return `${what} ${holds ? 'met' : 'NOT met'}`;
}

function row(name: string, time: number, memory?: number, note = ''): void {
  const megabytes = memory === undefined ? '' : `${memory.toFixed(0)} MB peak`;
  console.log(`  ${name.padEnd(18)} ${`${time.toFixed(0)} ms`.padStart(9)}  ${megabytes.padStart(12)}  ${note}`);
}
