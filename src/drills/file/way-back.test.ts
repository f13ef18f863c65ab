/** The way back of a drill in a file, done by processes that know the journal alone and work elsewhere. */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseWithSchema } from '../../engine/load-spec.ts';
import { isClosed, readEntries } from '../journal/entries.ts';
import { allProcesses, startedWith } from '../lab/run/proc.ts';
import { rehearse } from '../run/rehearse.ts';
import { startOneProcess } from '../run/run.testkit.ts';
import { RUN_MARK } from '../undo/end-processes.ts';
import { takeBack } from '../undo/kinds.ts';
import { fileDrill } from './drill.ts';
import type { Place } from './place.ts';
import { fileDrillSchema } from './schema.ts';
import { withWayBack } from './way-back.ts';

/** Goes on for as long as it lives, and does not end when it is asked to. */
const BREAKING = `trap '' TERM; while :; do echo broken > state; sleep 0.02; done`;

let folder: string;
let place: Place;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launchgate-way-back-'));
  const spec = write(
    'launchgate.yaml',
    'apiVersion: launchgate/v1\nkind: Platform\nname: shop\nenvironments: [{ name: staging, kind: staging }]\n',
  );
  const settings = write('staging.yaml', 'identity: { account: { command: [echo, "1"] } }\n');
  place = { environment: 'staging', identity: 'account:1', spec, settings };
  chmodSync(write('heal.sh', '#!/bin/sh\necho healed > state\n'), 0o700);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string): string {
  writeFileSync(join(folder, name), content, { mode: 0o600 });
  return join(folder, name);
}
const state = () => readFileSync(join(folder, 'state'), 'utf8').trim();
const undo = (activity: object) => ({ kind: 'activity', data: { what: 'break it', activity, place, folder } });

describe('a way back from another folder', () => {
  test('runs in the folder of the drill', async () => {
    await takeBack(undo({ command: { run: ['./heal.sh'] } }));
    expect(state()).toBe('healed');
    expect(existsSync('state')).toBe(false);
  });

  test('reads a kubeconfig of that folder', async () => {
    const settings = write('cluster.yaml', 'identity: { kubernetes: { kubeconfig: own } }\n');
    const { data } = undo({ kubernetes: { kubeconfig: './other', method: 'DELETE', path: '/api/v1/x' } });
    const done = takeBack({ kind: 'activity', data: { ...data, place: { ...place, settings } } });
    await expect(done).rejects.toThrow(`there is no kubeconfig ${join(folder, 'other')}`);
  });

  test('that a journal of an older version notes is still done', async () => {
    const { folder: _folder, ...older } = undo({ command: { run: ['touch', join(folder, 'done')] } }).data;
    await takeBack({ kind: 'activity', data: older });
    expect(existsSync(join(folder, 'done'))).toBe(true);
  });

  test('that is refused, or takes longer than it may, is told', async () => {
    await expect(takeBack(undo({ command: { run: ['false'] } }))).rejects.toThrow('false ended with 1');
    const slow = undo({ command: { run: ['sleep', '300'] }, timeout: '200ms' });
    await expect(takeBack(slow)).rejects.toThrow('it took longer than its 0.2 s');
  });
});

test.each([
  [
    'the step that was given up',
    `trap 'sleep 0.4; echo broken > state; exit' TERM; sleep 300 & wait`,
    '500ms',
    'timed-out',
  ],
  ['what the step has left behind', `(${BREAKING}) > /dev/null 2>&1 & sleep 0.1`, '60s', 'done'],
])('begins once nothing is left of %s', async (_, script, timeout, outcome) => {
  const one = startOneProcess();
  const read = parseWithSchema(fileDrillSchema, drill(script, timeout), 'mine.yaml');
  const [rehearsal] = fileDrill(read, folder).plan({ subjects: [], parameters: {}, spec: {} as never }).runs;
  try {
    const record = await rehearse(
      { control: 'mine', summary: 'x', blastRadius: 'x', parameters: {}, rehearsal: rehearsal! },
      { target: withWayBack(one.target, place), drills: folder, signal: new AbortController().signal },
    );
    expect(record.steps).toMatchObject([{ outcome }]);
    expect(record.faults.every(({ undoneMs }) => undoneMs !== undefined)).toBe(true);
    expect(state()).toBe('healed');
  } finally {
    one.end();
  }
});

const drill = (script: string, timeout: string) => `apiVersion: launchgate/v1
kind: Drill
name: mine
title: Mine
summary: Breaks it.
blastRadius: One file.
hypothesis: [{ name: it is true, command: { run: ['true'] }, atMost: 0 }]
steps:
  - name: break it
    command: { run: [sh, -c, "${script}"] }
    undo: { command: { run: [./heal.sh] } }
    timeout: ${timeout}
`;

test.each([`trap '' TERM; sleep 300 & echo broken > state; wait`, `sleep 300 & ${BREAKING}`])(
  'of an engine that was killed, its programs are gone and what they did is taken back: %s',
  { timeout: 120_000 },
  async (script) => {
    const one = startOneProcess();
    const drills = join(folder, 'drills');
    mkdirSync(drills);
    const engine = spawn(
      process.execPath,
      [
        '--conditions=launchgate-source',
        fileURLToPath(new URL('engine-child.testkit.ts', import.meta.url)),
        String(one.pid),
        drills,
        write('mine.yaml', drill(script, '60s')),
        folder,
        JSON.stringify(place),
      ],
      { stdio: 'inherit' },
    );
    try {
      await until(() => existsSync(join(folder, 'state')) && state() === 'broken');
      const [run = ''] = readdirSync(drills);
      const programs = () => allProcesses().filter(({ pid }) => startedWith(pid, RUN_MARK) === run);
      expect(programs().length).toBeGreaterThanOrEqual(2);
      engine.kill('SIGKILL');
      await until(() => isClosed(readEntries(join(drills, run))));
      expect(state()).toBe('healed');
      expect(programs()).toEqual([]);
    } finally {
      engine.kill('SIGKILL');
      one.end();
    }
  },
);

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 45_000; !holds(); await sleep(50))
    if (Date.now() > end) throw new Error(`it never came to that: ${holds.toString()}`);
}
