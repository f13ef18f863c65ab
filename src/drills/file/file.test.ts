import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { parseWithSchema } from '../../engine/load-spec.ts';
import { CannotTell } from '../../model/drill/drill.ts';
import { rehearse } from '../run/rehearse.ts';
import { startOneProcess } from '../run/run.testkit.ts';
import { activity as activityUndo } from '../undo/activity.ts';
import { fileDrill } from './drill.ts';
import { ask } from './ask.ts';
import { fileDrillSchema, type FileDrill } from './schema.ts';
import { withWayBack } from './way-back.ts';

const folder = mkdtempSync(join(tmpdir(), 'launchgate-file-drill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const HEAD = `apiVersion: launchgate/v1
kind: Drill
name: mine
title: The loss of a file
summary: Removes a file.
blastRadius: One file.
`;

function parse(body: string): FileDrill {
  return parseWithSchema(fileDrillSchema, `${HEAD}${body}`, 'mine.yaml', 'usage');
}

/** Runs it with the real engine on a target of one process. */
async function run(file: FileDrill) {
  const one = startOneProcess();
  ends.push(one.end);
  const drill = fileDrill(file, folder);
  const [rehearsal] = drill.plan({ subjects: [], parameters: {}, spec: {} as never }).runs;
  return rehearse(
    { control: file.name, summary: file.summary, blastRadius: file.blastRadius, parameters: {}, rehearsal: rehearsal! },
    {
      target: withWayBack(one.target, { lab: '/nowhere' }),
      drills: join(folder, 'runs'),
      signal: new AbortController().signal,
    },
  );
}

const world = { target: {} as never, signal: new AbortController().signal, folder };

describe('a drill in a file', () => {
  test('freezes a process, measures, and everything is as before', async () => {
    const record = await run(
      parse(`hypothesis:
  - { name: the shell works, command: { run: [sh, -c, 'exit 0'] }, atLeast: 0, atMost: 0 }
steps:
  - { name: freeze it, process: { part: sleeper, do: freeze } }
  - { name: answer, command: { run: [echo, '41.5'], value: output }, measure: { unit: ms, atMost: 100 } }
`),
    );
    expect(record).toMatchObject({ outcome: 'pass', observations: [{ name: 'answer', value: 41.5, unit: 'ms' }] });
    expect(record.steps.map(({ kind }) => kind)).toEqual(['fault', 'measure']);
    expect(record.faults.find(({ kind }) => kind === 'thaw')?.undoneMs).toBeDefined();
  });

  test('a measurement that misses its bound fails it', async () => {
    const record = await run(
      parse(
        `hypothesis: [{ name: true, command: { run: ['true'] }, atMost: 0 }]
steps: [{ name: answer, command: { run: [echo, '200'], value: output }, measure: { unit: ms, atMost: 100 } }]
`.replace('name: true', 'name: it is true'),
      ),
    );
    expect(record.outcome).toBe('fail');
  });

  test('a program that prints no number is no data', async () => {
    const record = await run(
      parse(`hypothesis: [{ name: it is true, command: { run: ['true'] }, atMost: 0 }]
steps: [{ name: answer, command: { run: [echo, nothing], value: output }, measure: { unit: ms, atMost: 100 } }]
`),
    );
    expect(record).toMatchObject({ outcome: 'inconclusive' });
    expect(record.because).toContain('which is no number');
  });

  test('an action that is refused ends it', async () => {
    const record = await run(
      parse(`hypothesis: [{ name: it is true, command: { run: ['true'] }, atMost: 0 }]
steps:
  - { name: break, command: { run: ['false'] }, undo: none }
  - { name: answer, command: { run: [echo, '1'], value: output }, measure: { atMost: 1 } }
`),
    );
    expect(record).toMatchObject({ outcome: 'error', steps: [{ outcome: 'failed' }, { outcome: 'left-out' }] });
  });

  test('a halt ends it at once', async () => {
    const record = await run(
      parse(`hypothesis: [{ name: it is true, command: { run: ['true'] }, atMost: 0 }]
steps: [{ name: wait, pause: 20s }]
halts: [{ name: too many, command: { run: [echo, '7'], value: output }, atMost: 5, every: 50ms }]
`),
    );
    expect(record.outcome).toBe('inconclusive');
    expect(record.because).toContain('it is 7, and should be at most 5');
  });

  test.each([
    ['steps: [{ name: go, comand: { run: [x] } }]', 'comand'],
    ['steps: [{ name: go, command: { run: [x] } }]', 'expected undo'],
    ['steps: [{ name: go, http: { service: api, path: /, method: DELETE } }]', 'expected undo'],
    ['steps: [{ name: go, pause: 1s, promql: { query: up } }]', 'expected exactly one of'],
    ['steps: [{ name: go, pause: soon }]', 'expected a duration'],
    ['steps: [{ name: go, pause: 30d }]', 'expected a duration of at most 7d'],
    ['steps: [{ name: go, pause: 2m, timeout: 1m }]', 'expected more than the pause itself, or no timeout'],
    ['steps: [{ name: go, pause: 2m, timeout: 2m }]', 'expected more than the pause itself, or no timeout'],
    ['steps: [{ name: go, pause: 1s, measure: { atMost: 1 } }]', 'expected an activity with a number'],
    ['steps: [{ name: go, process: { part: x, do: kill }, measure: {} }]', 'expected an activity with a number'],
    ['steps: [{ name: go, kubernetes: { path: /api }, measure: {} }]', 'kubernetes without value'],
    ['steps: [{ name: go, pause: 1s, undo: { pause: 1s, timeout: 4m } }]', 'expected at most 180s'],
    ['steps: [{ name: go, http: { url: "localhost:8080/h" } }]', 'expected a URL such as https://'],
    ['steps: [{ name: go, http: { path: / } }]', 'expected either url, or service and path'],
    ['steps: [{ name: go, command: { run: "rm -rf x" }, undo: none }]', 'expected a list'],
    ['steps: [{ name: go, promql: { query: up }, measure: {} }]', 'expected atLeast, atMost or is in one measure'],
  ])('%s is refused with its place', (steps, message) => {
    const hypothesis = 'hypothesis: [{ name: x, promql: { query: up }, atMost: 0 }]\n';
    expect(() => parse(`${hypothesis}${steps}\n`)).toThrow(/mine\.yaml:8:/);
    expect(() => parse(`${hypothesis}${steps}\n`)).toThrow(message);
  });
});

describe('a pause', () => {
  test('has the time that it takes and a little more, or the longer one that it is given', () => {
    const file = parse(`hypothesis: [{ name: it is true, command: { run: ['true'] }, atMost: 0 }]
steps:
  - { name: wait, pause: 2m }
  - { name: wait longer, pause: 2m, timeout: 5m }
  - { name: act, command: { run: ['true'] }, undo: none }
`);
    const [rehearsal] = fileDrill(file, folder).plan({ subjects: [], parameters: {}, spec: {} as never }).runs;
    expect(rehearsal?.method.map(({ timeoutMs }) => timeoutMs)).toEqual([130_000, 300_000, 30_000]);
  });
});

describe('a call of Kubernetes', () => {
  const file = parse(`hypothesis: [{ name: it is true, command: { run: ['true'] }, atMost: 0 }]
steps:
  - name: break it
    command: { run: [touch, broken] }
    undo: { kubernetes: { kubeconfig: ./other, method: PATCH, path: /api/v1/namespaces/shop, patch: {} } }
`);

  test('asks for a target that is a cluster, so that one that is none does nothing', async () => {
    const { needs } = fileDrill(file, folder);
    expect(needs).toContain('cluster');
    const own = { kubernetes: { method: 'DELETE' as const, path: '/api/v1/namespaces/shop' } };
    const none = startOneProcess();
    ends.push(none.end);
    const target = none.target.capabilities({} as never);
    await expect(ask(own, { ...world, target })).rejects.toThrow('does not offer "cluster"');
  });

  test('by a way back that leads elsewhere is refused before its step is done', async () => {
    const asked: unknown[] = [];
    const target = {
      cluster: {
        demand(way: unknown) {
          asked.push(way);
          return Promise.reject(new CannotTell('it leads elsewhere'));
        },
      },
      wayBack: { note: () => Promise.reject(new Error('it was noted')) },
    };
    const [rehearsal] = fileDrill(file, folder).plan({ subjects: [], parameters: {}, spec: {} as never }).runs;
    const { signal } = world;
    const done = rehearsal!.method[0]!.run({ target, run: '0', signal } as never);
    await expect(done).rejects.toThrow('it leads elsewhere');
    expect(asked).toEqual([{ kubeconfig: join(folder, 'other') }]);
    expect(existsSync(join(folder, 'broken'))).toBe(false);
  });
});

describe('activities', () => {
  test('a command gets its arguments as they are: no shell reads them', async () => {
    const mark = join(folder, 'hostile');
    await ask({ command: { run: ['true', `; touch ${mark}`, `$(touch ${mark})`], value: 'exit' } }, world);
    expect(existsSync(mark)).toBe(false);
  });

  test('a program that is not there is no data', async () => {
    await expect(ask({ command: { run: ['/no/such/program'], value: 'exit' } }, world)).rejects.toBeInstanceOf(
      CannotTell,
    );
  });

  test('http answers the status, and follows no redirect', async () => {
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/moved' ? 302 : 204, { location: 'http://127.0.0.1:1/' });
      response.end();
    }).listen(0, '127.0.0.1');
    ends.push(() => server.close());
    await new Promise((listening) => server.once('listening', listening));
    const { port } = server.address() as AddressInfo;
    const status = (path: string) =>
      ask({ http: { url: `http://127.0.0.1:${port}${path}`, method: 'GET', headers: {}, value: 'status' } }, world);
    expect(await status('/')).toBe(204);
    expect(await status('/moved')).toBe(302);
  });

  test('one series is a number, none and several are not', async () => {
    const target = (count: number) => ({
      metrics: { query: () => Promise.resolve(Array.from({ length: count }, () => ({ labels: {}, value: 3 }))) },
    });
    const up = (count: number) => ask({ promql: { query: 'up' } }, { ...world, target: target(count) as never });
    expect(await up(1)).toBe(3);
    await expect(up(0)).rejects.toThrow('no series answers up');
    await expect(up(2)).rejects.toThrow('2 series answer');
  });
});

describe('the way back', () => {
  test('says what it takes back, and refuses data that is no activity', () => {
    const data = {
      what: 'fill the disk',
      activity: { command: { run: ['true'], value: 'exit' as const } },
      place: { lab: '/x' },
    };
    expect(activityUndo.describe(data)).toBe('take back "fill the disk"');
    expect(activityUndo.data.safeParse(data).success).toBe(true);
    expect(activityUndo.data.safeParse({ ...data, activity: { shell: 'rm' } }).success).toBe(false);
  });

  test('of a lab that is gone is told as such', async () => {
    const data = { what: 'x', activity: { pause: '0s' }, place: { lab: join(folder, 'no-lab') } };
    await expect(activityUndo.undo(data, new AbortController().signal)).rejects.toThrow('there is no lab');
  });
});
