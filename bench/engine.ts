/**
 * What the engine adds to a drill: milliseconds for each step that does nothing, and for each that notes a fault, whose undo must be on the disk
 * before it happens. Beside it the least that the latter can cost: the same lines appended and synced to a file of the same disk. Target: under 5 ms
 * a step.
 *
 * `npx node --conditions=launchgate-source bench/engine.ts [ROUNDS] [STEPS]`
 */
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { rehearse } from '../src/drills/run/rehearse.ts';
import { oneProcess, rehearsed } from '../src/drills/run/run.testkit.ts';
import type { Target } from '../src/drills/target.ts';
import type { Step } from '../src/model/drill/drill.ts';

const ROUNDS = Number(process.argv[2] ?? 5);
const STEPS = Number(process.argv[3] ?? 200);
const LIMIT_MS = 5;
const UNDO = { kind: 'thaw', data: { part: 'nothing', processes: [] } };

const folder = mkdtempSync(join(tmpdir(), 'launchgate-bench-engine-'));
const plain: number[] = [];
const faults: number[] = [];
const synced: number[] = [];
try {
  for (let round = 0; round < ROUNDS; round++) {
    plain.push((await run('act')).perStepMs);
    const { perStepMs, lines } = await run('fault');
    faults.push(perStepMs);
    synced.push(appended(lines));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
print();

/** A run of so many steps: what each took in the mean, from the first's begin to the last's end, and the lines of its journal. */
async function run(kind: Step['kind']): Promise<{ readonly perStepMs: number; readonly lines: readonly string[] }> {
  const method = Array.from({ length: STEPS }, (_, index): Step => ({
    name: `step ${index}`,
    kind,
    timeoutMs: 60_000,
    run: ({ target }) => (kind === 'fault' ? target.parts.freeze('nothing') : Promise.resolve()),
  }));
  const record = await rehearse(rehearsed({ method }), {
    target: noting(),
    drills: folder,
    signal: new AbortController().signal,
  });
  if (record.outcome === 'error' || record.steps.some(({ outcome }) => outcome !== 'done'))
    throw new Error(`the run did not come through: ${record.because}`);
  const { startedMs } = record.steps[0]!;
  const { endedMs } = record.steps.at(-1)!;
  const lines = readFileSync(join(folder, record.id, 'journal.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"undo"'));
  return { perStepMs: (endedMs! - startedMs!) / STEPS, lines };
}

/** A target whose only fault is noted, and does nothing. */
function noting(): Target {
  const { target } = oneProcess(process.pid);
  return {
    ...target,
    capabilities(use) {
      const capabilities = target.capabilities(use);
      const freeze = async () => void (await use.undo.before(UNDO));
      return { ...capabilities, parts: { ...capabilities.parts, freeze } };
    },
  };
}

/** Milliseconds a line, each appended to a file and synced before the next. */
function appended(lines: readonly string[]): number {
  const path = join(folder, 'lines');
  const began = performance.now();
  for (const line of lines) {
    const file = openSync(path, 'a', 0o600);
    writeSync(file, `${line}\n`);
    fsyncSync(file);
    closeSync(file);
  }
  const tookMs = performance.now() - began;
  rmSync(path);
  return tookMs / lines.length;
}

function print(): void {
  const [act, fault, disk] = [median(plain), median(faults), median(synced)];
  console.log(`engine, ${STEPS} steps, medians of ${ROUNDS} runs, load ${loadavg()[0]!.toFixed(1)}`);
  console.log(`  a step that does nothing      ${act.toFixed(3)} ms (target ${LIMIT_MS} ms: ${verdict(act)})`);
  console.log(`  a step with a fault noted     ${fault.toFixed(3)} ms (target ${LIMIT_MS} ms: ${verdict(fault)})`);
  console.log(`  its lines appended and synced ${disk.toFixed(3)} ms, ratio ${(fault / disk).toFixed(2)}`);
}

function verdict(ms: number): string {
  return ms < LIMIT_MS ? 'met' : 'not met';
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
