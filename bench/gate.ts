/**
 * The gate's speed. Cold: 1,000 controls, a process from start to verdict with every evidence signature verified, against
 * `saf validate threshold` on 1,000 controls (which verifies none); equal answers first. Warm: 1,000 services x 60 controls.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { decide } from '../src/gate/decide.ts';
import { KeyRing } from '../src/gate/keys.ts';
import type { Trust } from '../src/gate/trust.ts';
import { policySchema } from '../src/model/policy.ts';
import { sha256 } from '../src/model/digest.ts';
import { installPeer, peerPasses, writePeerInput } from './gate-peer.ts';
import { drill, gateInput, writeLedger } from './gate-world.ts';

const CONTROLS = 1000;
const ROUNDS = 5;

const scratch = mkdtempSync(join(tmpdir(), 'launchgate-bench-gate-'));
const bundled = join(scratch, 'gate-cold.mjs');
try {
  await bundle();
  cold();
  warm();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function cold(): void {
  const [good, bad] = [join(scratch, 'good'), join(scratch, 'bad')];
  writeLedger(good, CONTROLS, 0);
  writeLedger(bad, CONTROLS, 1);
  requireAnswers('launchgate', decides(good), decides(bad));
  const own = median(() => decides(good));
  console.log(`gate, cold, ${CONTROLS} controls, ${CONTROLS} signatures verified: ${ms(own)}`);
  const peer = installPeer(join(scratch, 'peer'));
  if ('reason' in peer) {
    console.log(`no comparison: ${peer.reason}`);
    return;
  }
  const [passing, failing] = [writePeerInput(scratch, CONTROLS, 0), writePeerInput(scratch, CONTROLS, 1)];
  requireAnswers('saf', peerPasses(peer, passing), peerPasses(peer, failing));
  const theirs = median(() => peerPasses(peer, passing));
  if (peer.standIns.length > 0) console.log(`not in this registry, empty in its place: ${peer.standIns.join(', ')}`);
  console.log(`saf validate threshold, ${CONTROLS} controls, no signature verified: ${ms(theirs)}`);
  console.log(`ratio: ${(theirs / own).toFixed(1)}x faster`);
}

/** The process much as a release runs it: one bundle and the compile cache of Node; a release keeps more compiled code. */
async function bundle(): Promise<void> {
  const build = await rolldown({
    input: join(import.meta.dirname, 'gate-cold.ts'),
    platform: 'node',
    logLevel: 'silent',
  });
  await build.write({ file: join(scratch, 'gate-cold.bundle.mjs'), format: 'esm', minify: true });
  await build.close();
  const start =
    "import module from 'node:module';\nmodule.enableCompileCache?.();\nawait import('./gate-cold.bundle.mjs');\n";
  writeFileSync(bundled, start);
}

function decides(folder: string): boolean {
  const child = spawnSync(process.execPath, [bundled, folder], { encoding: 'utf8' });
  if (child.status !== 0 && child.status !== 1) throw new Error(child.stderr);
  return child.status === 0;
}

function requireAnswers(name: string, good: boolean, bad: boolean): void {
  if (!good || bad) throw new Error(`${name} answers wrongly: all pass -> ${good}, one fails -> ${bad}`);
}

/** 60 controls for 1,000 services: 40 checked, 20 checked and drilled, with the drills verified beforehand. */
function warm(): void {
  const subjects = Array.from({ length: 1000 }, (_, index) => `service/s${index}`);
  const controls = Array.from({ length: 60 }, (_, index) => ({
    id: `control-${index}`,
    halves: index < 40 ? (['check'] as const) : (['check', 'drill'] as const),
  }));
  const drilled = controls.filter(({ halves }) => halves.length === 2);
  const input = gateInput(
    trustOf(drilled.flatMap(({ id }) => subjects.map((subject) => [id, subject] as const))),
    controls,
    subjects,
  );
  const decision = decide(input);
  if (decision.verdict !== 'GO' || decision.requirements.length !== 60_000) throw new Error('the warm world is no GO');
  console.log(`gate, warm, 1,000 services x 60 controls, 20,000 drills: ${ms(median(() => decide(input)))}`);
}

function trustOf(pairs: readonly (readonly [control: string, subject: string])[]): Trust {
  const policy = policySchema.parse({
    apiVersion: 'launchgate/v1',
    kind: 'Policy',
    version: 1,
    verifier: { id: 'https://launch.example.com' },
    people: [{ id: 'ana', name: 'Ana' }],
    keys: [{ id: sha256(new Uint8Array(32)), publicKey: Buffer.alloc(32).toString('base64'), owner: 'workload/ci' }],
    owners: { persons: ['ana'], quorum: 1 },
    targets: [{ environment: 'staging', identities: ['cluster:1'] }],
  });
  const version = { policy, digest: sha256('policy'), index: 0, since: '2026-03-01T12:00:00.000Z' };
  const evidence = pairs.map(([control, subject], index) => ({
    index: index + 1,
    sequencedAt: '2026-03-09T12:00:00.000Z',
    digest: sha256(`${control} ${subject}`),
    envelope: { payload: '', payloadType: '', signatures: [] },
    statement: drill(control, subject),
    signers: [],
    persons: [],
    workloads: ['workload/ci'],
  }));
  const trust = { root: version.digest, policy: version, versions: [version], evidence, rejected: [], pending: [] };
  return { ...trust, keys: new KeyRing(), size: evidence.length + 1 };
}

/** Milliseconds, the median of some rounds. */
function median(run: () => unknown): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}
