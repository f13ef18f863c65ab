/**
 * `reach`, cold, on the two sizes it is built for, and on half of each to see how it grows; then beside netpol-analyzer on 1,000 pods
 * and 200 policies: equal answers first, then wall time. `npx node bench/reach.ts`
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeWorld, type Size } from './reach-world.ts';

const ROUNDS = 3;
const LIMIT_SECONDS = 5;
const LIMIT_MB = 1024;
const PEER = 'github.com/np-guard/netpol-analyzer/cmd/netpolicy@latest';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'launchgate-bench-reach-'));
try {
  build();
  const one: Size = { namespaces: 1, podsPerNamespace: 10_000, policiesPerNamespace: 10_000 };
  const many: Size = { namespaces: 1000, podsPerNamespace: 20, policiesPerNamespace: 3 };
  growth('one namespace', one, { ...one, podsPerNamespace: 5000, policiesPerNamespace: 5000 });
  growth('many namespaces', many, { ...many, namespaces: 500 });
  beside({ namespaces: 10, podsPerNamespace: 100, policiesPerNamespace: 20 });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function build(): void {
  const { status, stderr } = spawnSync(process.execPath, ['tools/build.ts'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

interface Run {
  readonly seconds: number;
  /** Of the processor, which a busy machine does not stretch. */
  readonly cpu: number;
  readonly megabytes: number;
  readonly out: string;
}

/** GNU time measures from outside, so that what a runtime needs to start counts too. */
function run(argv: readonly string[]): Run {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync('/usr/bin/time', ['-f', 'PEAK %M %U %S', ...argv], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}: ${stderr.slice(0, 2000)}`);
  const [, peak, user, system] = /PEAK (\d+) (\S+) (\S+)/.exec(stderr) ?? [];
  return { seconds, cpu: Number(user) + Number(system), megabytes: Number(peak) / 1024, out: stdout };
}

function best(argv: readonly string[]): Run {
  return Array.from({ length: ROUNDS }, () => run(argv)).reduce((a, b) => (a.seconds <= b.seconds ? a : b));
}

function reach(folder: string): string[] {
  return [process.execPath, join(root, 'bin/launchgate.js'), 'reach', folder];
}

function world(name: string, size: Size): string {
  const folder = join(scratch, name.replaceAll(' ', '-'));
  mkdirSync(folder);
  writeWorld(folder, size);
  return folder;
}

function growth(name: string, whole: Size, half: Size): void {
  const [small, large] = [best(reach(world(`half of ${name}`, half))), best(reach(world(name, whole)))];
  const { namespaces, podsPerNamespace, policiesPerNamespace } = whole;
  const verdict = large.seconds < LIMIT_SECONDS && large.megabytes < LIMIT_MB ? 'within' : 'BEYOND';
  console.log(
    `${namespaces} x ${podsPerNamespace} pods x ${policiesPerNamespace} policies: ${large.seconds.toFixed(2)} s (${large.cpu.toFixed(2)} s of processor), ${large.megabytes.toFixed(0)} MB ` +
      `(${verdict} ${LIMIT_SECONDS} s and ${LIMIT_MB} MB); half of it ${small.seconds.toFixed(2)} s, growth ${(large.cpu / small.cpu).toFixed(2)} of processor`,
  );
}

function beside(size: Size): void {
  const folder = world('beside', size);
  const own = best([...reach(folder), '--limit', '10000000']);
  console.log(`1000 pods, 200 policies: launchgate ${own.seconds.toFixed(2)} s, ${linesOf(own.out).length} lines`);
  const peer = peerBinary();
  if (typeof peer !== 'string') {
    console.log(`no comparison with netpol-analyzer: ${peer.reason}`);
    return;
  }
  const rival = best([peer, 'list', '--dirpath', folder, '-q']);
  const [ours, theirs] = [new Set(linesOf(own.out)), new Set(linesOf(rival.out))];
  const differing = [...ours].filter((line) => !theirs.has(line)).concat([...theirs].filter((line) => !ours.has(line)));
  if (differing.length > 0) throw new Error(`the answers differ in ${differing.length} lines, such as ${differing[0]}`);
  console.log(
    `equal answers, ${theirs.size} lines; netpol-analyzer ${rival.seconds.toFixed(2)} s, ${(rival.seconds / own.seconds).toFixed(1)} times as long`,
  );
}

/** Connections between pods and IPv4: netpol-analyzer has no IPv6. */
function linesOf(out: string): string[] {
  return out.split('\n').filter((line) => line.includes(' => ') && !/(?:^|=> )[0-9a-f]*:[0-9a-f:]*-/.test(line));
}

function peerBinary(): string | { readonly reason: string } {
  const given = process.env['LAUNCHGATE_BENCH_NETPOL_ANALYZER'];
  if (given !== undefined) return given;
  const { error, status, stderr } = spawnSync('go', ['install', PEER], {
    env: { ...process.env, GOBIN: scratch },
    encoding: 'utf8',
    timeout: 600_000,
  });
  if (error !== undefined) return { reason: 'there is no Go here; give LAUNCHGATE_BENCH_NETPOL_ANALYZER a binary' };
  const binary = join(scratch, 'netpolicy');
  if (status !== 0 || !existsSync(binary))
    return { reason: `${stderr.trim().split('\n').at(-1)}; give LAUNCHGATE_BENCH_NETPOL_ANALYZER a binary` };
  return binary;
}
