import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeLab } from '../context.ts';
import type { Lab, Part } from '../part.ts';
import type { LabPlan } from '../plan.ts';
import { openTrust } from '../trust/store.ts';
import { makeFolders, makePlace } from './place.ts';
import { ownedProcesses } from './owned.ts';
import { startParts, type Starting } from './start.ts';
import type { LabState } from './state.ts';
import { killRest } from './stop.ts';

let directory: string;
let state: LabState;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'launchgate-start-'));
  state = makePlace(directory, 'launchgate.yaml');
  makeFolders(directory, state);
});

afterEach(async () => {
  await killRest(directory, state);
  for (const folder of [directory, state.scratch]) rmSync(folder, { recursive: true, force: true });
});

async function start(parts: readonly Part[], signal = new AbortController().signal): Promise<string[]> {
  const events: string[] = [];
  state.parts = Object.fromEntries(
    parts.map(({ name }) => [
      name,
      {
        phase: 'planned',
        ports: {},
        once: false,
        restarts: 0,
        needs: [],
        stop: { signal: 'SIGTERM', timeoutMs: 1000 },
      },
    ]),
  );
  const trust = await openTrust(directory, '127.0.0.1');
  const plan: LabPlan = {
    spec: {} as never,
    root: '.',
    replicas: new Map(),
    stores: new Map(),
    off: new Map(),
    left: [],
  };
  const lab: Lab = makeLab({ directory, state, plan, parts, trust });
  const note: Starting['note'] = (part, change) => {
    Object.assign(state.parts[part]!, change);
    if (change.phase !== undefined) events.push(`${part} ${change.phase}`);
  };
  await startParts(parts, { lab, trust, signal, note });
  return events;
}

function part(name: string, script: string, more: Partial<Part> = {}): Part {
  return { name, needs: [], command: () => ({ file: process.execPath, args: ['-e', script] }), ...more };
}

const FOREVER = 'setInterval(() => {}, 1000)';

test('a part starts when what it needs is ready, and a command when it has ended', async () => {
  let asked = 0;
  const slow = part('slow', FOREVER, {
    ready: () => (++asked < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve()),
  });
  const events = await start([
    part('last', FOREVER, { needs: ['command', 'gone'] }),
    part('command', '', { needs: ['slow'], once: true }),
    slow,
  ]);
  expect(events).toEqual([
    'slow starting',
    'slow ready',
    'command starting',
    'command done',
    'last starting',
    'last ready',
  ]);
  expect(ownedProcesses(directory, state)).toHaveLength(2);
});

test('a command is waited for where nothing else keeps the program alive', () => {
  const program = fileURLToPath(new URL('./once-alone.testkit.ts', import.meta.url));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=launchgate-source', program, directory],
    { encoding: 'utf8' },
  );
  expect([status, stdout, stderr]).toEqual([0, 'done\n', '']);
});

test('a part that dies while it starts is named with its last words, and the rest is given up', async () => {
  const never = () => Promise.reject(new Error('no answer'));
  const dying = part('dying', 'console.error("no such file: answer.txt"); process.exit(3)', { ready: never });
  const failure = start([dying, part('slow', FOREVER, { ready: never })]);
  await expect(failure).rejects.toThrow(
    /^dying ended with exit status 3 before it was ready. It wrote last:\n  no such file: answer.txt$/,
  );
  await expect(failure).rejects.toMatchObject({ code: 'lab-failed', next: expect.stringContaining('--keep') });
});

test('a part that dies after it was ready ends the start as well', async () => {
  const failure = start([
    part('first', 'setTimeout(() => process.exit(4), 200)'),
    part('second', FOREVER, { ready: () => Promise.reject(new Error('no answer')) }),
  ]);
  await expect(failure).rejects.toThrow(/first ended \(exit status 4\) while the lab was starting/);
});

test('a part that is not ready in time says what it answered last', async () => {
  const failure = start([
    part('slow', FOREVER, { startTimeoutMs: 300, ready: () => Promise.reject(new Error('port closed')) }),
  ]);
  await expect(failure).rejects.toThrow(/slow was not ready after 0.3 s: port closed/);
});

test('a command that fails, or whose program is not there, fails the start', async () => {
  await expect(start([part('migrate', 'process.exit(1)', { once: true })])).rejects.toThrow(
    /migrate did not do its work: exit status 1/,
  );
  const lost = part('lost', '', { command: () => ({ file: 'no-such-server' }) });
  await expect(start([lost])).rejects.toThrow(/no-such-server is not installed/);
});

test('an interrupt ends the start with its reason', async () => {
  const interrupt = new AbortController();
  const waiting = part('waiting', FOREVER, {
    ready() {
      interrupt.abort(new Error('enough'));
      return Promise.reject(new Error('no answer'));
    },
  });
  await expect(start([waiting], interrupt.signal)).rejects.toThrow('enough');
});

test('nothing of the environment that the lab was started in reaches a part', async () => {
  process.env['LAUNCHGATE_TEST_CANARY'] = 'a secret';
  mkdirSync(join(directory, 'parts'), { recursive: true });
  const script = 'process.exit(Object.keys(process.env).includes("LAUNCHGATE_TEST_CANARY") ? 1 : 0)';
  try {
    expect(await start([part('curious', script, { once: true })])).toContain('curious done');
  } finally {
    delete process.env['LAUNCHGATE_TEST_CANARY'];
  }
});
