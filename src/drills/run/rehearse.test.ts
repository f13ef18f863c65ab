import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CannotTell, NotThere, type Probe, type Step, type StepContext } from '../../model/drill/drill.ts';
import type { RunEvent, RunRecord } from '../../model/drill/record.ts';
import { isClosed, readEntries } from '../journal/entries.ts';
import { openRuns, recoverAll } from '../journal/recover.ts';
import { allProcesses } from '../lab/run/proc.ts';
import { rehearse } from './rehearse.ts';
import { rehearsed, runsFolder, startOneProcess, type OneProcess } from './run.testkit.ts';
import { scratchOf } from './scratch.ts';

const READY: Probe = {
  name: 'ready parts',
  unit: 'parts',
  timeoutMs: 1000,
  settleMs: 1000,
  tolerance: { atLeast: 1 },
  measure: async ({ target }) => Number(await target.parts.ready('sleeper')),
};
const MEASURES = step('measure', ({ observe }) => observe({ name: 'downtime', value: 3, unit: 's', atMost: 5 }));
const FREEZES = step('freeze it', ({ target }) => target.parts.freeze('sleeper'));

function step(name: string, run: (context: StepContext) => Promise<void> | void, timeoutMs = 5000): Step {
  return { name, kind: 'act', timeoutMs, run: async (context) => run(context) };
}

describe('a rehearsal', () => {
  let one: OneProcess;
  let runs: ReturnType<typeof runsFolder>;
  const events: RunEvent[] = [];
  const interruption = new AbortController();

  beforeEach(() => {
    one = startOneProcess();
    runs = runsFolder();
    events.length = 0;
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    one.end();
    runs.remove();
  });

  function run(rehearsal: Parameters<typeof rehearsed>[0], signal = interruption.signal): Promise<RunRecord> {
    return rehearse(rehearsed(rehearsal), {
      target: one.target,
      drills: runs.folder,
      signal,
      watch: (event) => void events.push(event),
    });
  }

  test('passes where all that was measured is met and the steady state comes back', async () => {
    const record = await run({ hypothesis: [READY], method: [FREEZES, MEASURES] });
    expect(record.because).toBeUndefined();
    expect(record.outcome).toBe('pass');
    expect(record.hypothesis[0]).toMatchObject({ before: { value: 1, met: true }, after: { value: 1, met: true } });
    expect(record.faults.map(({ undo }) => undo)).toEqual([
      `remove ${scratchOf(record.id)}`,
      `end the processes of run ${record.id}`,
      'thaw sleeper',
    ]);
    expect(record.faults.every(({ undoneMs }) => undoneMs !== undefined)).toBe(true);
    expect(isClosed(readEntries(join(runs.folder, record.id)))).toBe(true);
    expect(existsSync(scratchOf(record.id))).toBe(false);
    expect(events.map(({ kind }) => kind)).toContain('undone');
  });

  test('fails where a measurement is not met, and says which', async () => {
    const late = step('measure', ({ observe }) =>
      observe({ name: 'rto', value: 9, unit: 's', atMost: 5, detail: 'orders' }),
    );
    const record = await run({ hypothesis: [READY], method: [late] });
    expect(record).toMatchObject({
      outcome: 'fail',
      because: 'rto is 9 s, and should be at most 5 (orders)',
    });
  });

  test.each([
    ['measured nothing', [FREEZES], 'it measured nothing'],
    [
      'measured no number',
      [step('measure', ({ observe }) => observe({ name: 'rto', value: Number.NaN, unit: 's', atMost: 5 }))],
      'no data for rto',
    ],
    ['cannot tell', [MEASURES, step('look', () => Promise.reject(new CannotTell('nobody answers')))], 'nobody answers'],
    ['hangs', [MEASURES, step('wait', () => sleep(60_000), 50)], 'took longer than its 0.05 s'],
  ])('is inconclusive where a step %s', async (_, method, because) => {
    const record = await run({ hypothesis: [READY], method: [...method, FREEZES] });
    expect(record.outcome).toBe('inconclusive');
    expect(record.because).toContain(because);
    expect(one.state()).not.toBe('T');
  });

  test('is an error where a step breaks, and what was done is undone', async () => {
    const record = await run({
      hypothesis: [READY],
      method: [FREEZES, step('break', () => Promise.reject(new TypeError('x is not a function'))), MEASURES],
    });
    expect(record).toMatchObject({ outcome: 'error', because: '"break" broke: x is not a function' });
    expect(record.steps.map(({ outcome }) => outcome)).toEqual(['done', 'failed', 'left-out']);
    expect(one.state()).not.toBe('T');
  });

  test('does nothing to a target that is not in its steady state', async () => {
    const record = await run({ hypothesis: [{ ...READY, tolerance: { atLeast: 2 } }], method: [FREEZES, MEASURES] });
    expect(record).toMatchObject({ outcome: 'inconclusive' });
    expect(record.because).toBe(
      'the target was not in its steady state: ready parts is 1 parts, and should be at least 2',
    );
    expect(record.steps.every(({ outcome }) => outcome === 'left-out')).toBe(true);
  });

  test('a probe of what is not there is asked once, and not again after a method that was not begun', async () => {
    let asked = 0;
    const absent: Probe = {
      ...READY,
      settleMs: 60_000,
      measure: () => Promise.reject(new NotThere(`no replica (${++asked})`)),
    };
    const record = await run({ hypothesis: [absent], method: [FREEZES, MEASURES] });
    expect(record).toMatchObject({ outcome: 'inconclusive' });
    expect(record.because).toContain('no replica (1)');
    expect(asked).toBe(1);
    expect(record.steps.every(({ outcome }) => outcome === 'left-out')).toBe(true);
  });

  test('a probe that cannot be asked was never within its tolerance', async () => {
    const broken: Probe = { ...READY, settleMs: 0, measure: () => Promise.reject(new Error('refused')) };
    const record = await run({ hypothesis: [broken], method: [MEASURES] });
    expect(record).toMatchObject({ outcome: 'inconclusive' });
    expect(record.because).toContain('could not be measured (refused)');
  });

  test('fails where the steady state must hold meanwhile and does not', async () => {
    const held: Probe = { ...READY, during: { everyMs: 20, must: 'hold' } };
    const record = await run({ hypothesis: [held], method: [FREEZES, step('wait', () => sleep(300)), MEASURES] });
    expect(record.outcome).toBe('fail');
    expect(record.because).toMatch(
      /^the steady state was left: ready parts is 0 parts, and should be at least 1, \d+ ms in$/,
    );
  });

  describe('a probe that hangs from the fault on', () => {
    const hangs = (timeoutMs: number): Probe => ({
      ...READY,
      timeoutMs,
      during: { everyMs: 20, must: 'hold' },
      measure: async ({ target, signal }) => ((await target.parts.ready('sleeper')) ? 1 : sleep(60_000, 1, { signal })),
    });
    const WAITS = step('wait', () => sleep(100));

    test('has left the steady state, though the method ends before its time is up', async () => {
      const record = await run({ hypothesis: [hangs(500)], method: [FREEZES, WAITS, MEASURES] });
      expect(record.outcome).toBe('fail');
      expect(record.because).toMatch(
        /^the steady state was left: ready parts could not be measured \(it took longer than its 0.5 s\), \d+ ms in$/,
      );
      const last = record.hypothesis[0]!.samples.at(-1)!;
      const [frozen, , measured] = record.steps;
      expect(last.met).toBe(false);
      expect(last.atMs, 'it counts from when it was asked').toBeLessThan(measured!.startedMs!);
      expect(last.atMs).toBeGreaterThan(frozen!.startedMs!);
    });

    test('is waited for no longer than until a halt', async () => {
      let isOver = false;
      const ends = step('end', () => void (isOver = true));
      const record = await run({
        hypothesis: [hangs(60_000)],
        method: [FREEZES, WAITS, MEASURES, ends],
        halts: [
          { name: 'enough', everyMs: 20, timeoutMs: 1000, when: () => Promise.resolve(isOver ? 'over' : undefined) },
        ],
      });
      expect(record).toMatchObject({ outcome: 'inconclusive', because: 'halted by "enough": over' });
      expect(record.steps.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done', 'done']);
      expect(record.durationMs).toBeLessThan(20_000);
      expect(one.state()).not.toBe('T');
    });
  });

  test('fails where the steady state does not come back', async () => {
    let asked = 0;
    const once: Probe = { ...READY, settleMs: 300, measure: () => Promise.resolve(asked++ === 0 ? 1 : 0) };
    const record = await run({ hypothesis: [once], method: [MEASURES] });
    expect(record).toMatchObject({ outcome: 'fail' });
    expect(record.because).toContain('the steady state did not come back');
  });

  test('halts at once where a condition says so, and undoes', async () => {
    const record = await run({
      hypothesis: [READY],
      method: [FREEZES, MEASURES, step('wait', () => sleep(60_000), 120_000)],
      halts: [
        {
          name: 'frozen',
          everyMs: 20,
          timeoutMs: 1000,
          when: async ({ target }) => ((await target.parts.ready('sleeper')) ? undefined : 'it is frozen'),
        },
      ],
    });
    expect(record).toMatchObject({ outcome: 'inconclusive', halted: { name: 'frozen', because: 'it is frozen' } });
    expect(record.durationMs).toBeLessThan(20_000);
    expect(one.state()).not.toBe('T');
  });

  test('halts where a person interrupts, and undoes', async () => {
    const controller = new AbortController();
    const record = await run(
      {
        hypothesis: [READY],
        method: [FREEZES, step('interrupt', () => (controller.abort(), sleep(60_000)), 120_000)],
      },
      controller.signal,
    );
    expect(record).toMatchObject({ outcome: 'inconclusive', halted: { name: 'interrupted' } });
    expect(one.state()).not.toBe('T');
  });

  test('a step that was given up does nothing to the target any more', async () => {
    const late: { failure?: unknown } = {};
    const stubborn = step(
      'freeze late',
      async ({ target }) => {
        await sleep(300);
        await target.parts.freeze('sleeper').catch((error: unknown) => (late.failure = error));
      },
      50,
    );
    const record = await run({ hypothesis: [READY], method: [stubborn] });
    expect(record.outcome).toBe('inconclusive');
    await expect.poll(() => String(late.failure)).toContain('the run is over');
    expect(one.state()).not.toBe('T');
  });

  test.each([
    ['', undefined],
    [', with a TMPDIR of its own', 'own'],
  ])('killed in the middle of a fault%s, its watchdog undoes it within seconds', async (_, own) => {
    if (own !== undefined) {
      vi.stubEnv('TMPDIR', join(runs.folder, own));
      mkdirSync(join(runs.folder, own));
    }
    const engine = spawnEngine(one.pid, runs.folder);
    await expect.poll(() => one.state(), { timeout: 20_000 }).toBe('T');
    const [id = ''] = openRuns(runs.folder);
    engine.kill('SIGKILL');
    await expect.poll(() => one.state(), { timeout: 15_000 }).not.toBe('T');
    await expect.poll(() => isClosed(readEntries(join(runs.folder, id)))).toBe(true);
    expect(readEntries(join(runs.folder, id)).filter(({ type }) => type === 'undone')).toMatchObject([
      { by: 'watchdog', number: 3 },
      { by: 'watchdog', number: 2 },
      { by: 'watchdog', number: 1 },
    ]);
    expect(existsSync(scratchOf(id))).toBe(false);
  });

  test('killed with its watchdog, whoever comes next finishes it', async () => {
    const engine = spawnEngine(one.pid, runs.folder);
    await expect.poll(() => one.state(), { timeout: 20_000 }).toBe('T');
    const [id = ''] = openRuns(runs.folder);
    for (const pid of watchdogsOf(join(runs.folder, id))) process.kill(pid, 'SIGKILL');
    expect(await recoverAll(runs.folder, 'cleanup'), 'a run that lives is left alone').toEqual([]);
    engine.kill('SIGKILL');
    await expect
      .poll(() => recoverAll(runs.folder, 'cleanup'), { timeout: 15_000 })
      .toMatchObject([
        { run: id, undo: 'thaw sleeper' },
        { undo: `end the processes of run ${id}` },
        { undo: `remove ${scratchOf(id)}` },
      ]);
    expect(one.state()).not.toBe('T');
    expect(openRuns(runs.folder)).toEqual([]);
  });
});

/** A process of its own that freezes the target and waits. */
function spawnEngine(pid: number, folder: string) {
  const program = fileURLToPath(new URL('engine-child.testkit.ts', import.meta.url));
  return spawn(process.execPath, ['--conditions=launchgate-source', program, String(pid), folder], {
    stdio: 'inherit',
  });
}

/** The process that waits for the end of the run in that folder. */
function watchdogsOf(folder: string): number[] {
  return allProcesses()
    .map(({ pid }) => pid)
    .filter((pid) => {
      const command = commandOf(pid);
      return command.includes('watchdog') && command.includes(folder);
    });
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
