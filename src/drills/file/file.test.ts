import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { parseWithSchema } from '../../engine/load-spec.ts';
import { CannotTell } from '../../model/drill/drill.ts';
import { rehearse } from '../run/rehearse.ts';
import { startOneProcess } from '../run/run.testkit.ts';
import { activity as activityUndo } from '../undo/activity.ts';
import { fromChaosToolkit, isExperiment } from './chaostoolkit.ts';
import { fileDrill } from './drill.ts';
import { perform } from './perform.ts';
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
  const drill = fileDrill(file);
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

const world = { target: {} as never, signal: new AbortController().signal };

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
    ['steps: [{ name: go, http: { path: / } }]', 'expected either url, or service and path'],
    ['steps: [{ name: go, command: { run: "rm -rf x" }, undo: none }]', 'expected a list'],
  ])('%s is refused with its place', (steps, message) => {
    const hypothesis = 'hypothesis: [{ name: x, pause: 1s, atMost: 0 }]\n';
    expect(() => parse(`${hypothesis}${steps}\n`)).toThrow(/mine\.yaml:8:/);
    expect(() => parse(`${hypothesis}${steps}\n`)).toThrow(message);
  });
});

describe('activities', () => {
  test('a command gets its arguments as they are: no shell reads them', async () => {
    const mark = join(folder, 'hostile');
    await perform({ command: { run: ['true', `; touch ${mark}`, `$(touch ${mark})`], value: 'exit' } }, world);
    expect(existsSync(mark)).toBe(false);
  });

  test('a program that is not there is no data', async () => {
    await expect(perform({ command: { run: ['/no/such/program'], value: 'exit' } }, world)).rejects.toBeInstanceOf(
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
    const ask = (path: string) =>
      perform({ http: { url: `http://127.0.0.1:${port}${path}`, method: 'GET', headers: {}, value: 'status' } }, world);
    expect(await ask('/')).toBe(204);
    expect(await ask('/moved')).toBe(302);
  });

  test('one series is a number, none and several are not', async () => {
    const target = (count: number) => ({
      metrics: { query: () => Promise.resolve(Array.from({ length: count }, () => ({ labels: {}, value: 3 }))) },
    });
    const ask = (count: number) => perform({ promql: { query: 'up' } }, { ...world, target: target(count) as never });
    expect(await ask(1)).toBe(3);
    await expect(ask(0)).rejects.toThrow('no series answers up');
    await expect(ask(2)).rejects.toThrow('2 series answer');
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

const EXPERIMENT = {
  version: '1.0.0',
  title: 'Does it hold?',
  description: 'A file goes away.',
  'steady-state-hypothesis': {
    title: 'all is well',
    probes: [
      { type: 'probe', name: 'it is true', tolerance: 0, provider: { type: 'process', path: 'true' } },
      {
        type: 'probe',
        name: 'it answers',
        tolerance: { type: 'range', range: [200, 299] },
        provider: { type: 'http', url: 'http://127.0.0.1:1/', headers: { accept: 'text/plain' } },
      },
    ],
  },
  method: [
    {
      type: 'action',
      name: 'remove',
      provider: { type: 'process', path: 'rm', arguments: ['-f', 'x'] },
      pauses: { after: 2 },
    },
  ],
  rollbacks: [{ type: 'action', name: 'put back', provider: { type: 'process', path: 'touch', arguments: ['x'] } }],
};

describe('an experiment of Chaos Toolkit', () => {
  test('is taken over: hypothesis, method with pauses, rollbacks as the way back, and what is measured after it', () => {
    const text = JSON.stringify(EXPERIMENT);
    expect(isExperiment(text, 'x.json')).toBe(true);
    const drill = fromChaosToolkit(text, 'x.json', 'x.json');
    expect(drill.hypothesis.map(({ name, atLeast, atMost }) => [name, atLeast, atMost])).toEqual([
      ['it is true', 0, 0],
      ['it answers', 200, 299],
    ]);
    expect(drill.steps.map(({ name }) => name)).toEqual([
      'put back',
      'remove',
      'pause after remove',
      'it is true, after the method',
      'it answers, after the method',
    ]);
    expect(drill.steps[0]?.undo).toEqual({ command: { run: ['touch', 'x'], value: 'exit' } });
    expect(drill.steps[1]?.command?.run).toEqual(['rm', '-f', 'x']);
  });

  test('with parts that cannot be run here is refused, each of them named', () => {
    const hostile = {
      ...EXPERIMENT,
      controls: [{ name: 'tracing', provider: { type: 'python', module: 'chaostracing' } }],
      secrets: { k8s: { TOKEN: { type: 'env', key: 'TOKEN' } } },
      method: [
        { type: 'action', name: 'kill', provider: { type: 'python', module: 'chaosk8s.pod.actions', func: 'x' } },
        { type: 'action', name: 'shell', provider: { type: 'process', path: 'rm', arguments: '-rf x' } },
        { type: 'action', name: 'later', background: true, provider: { type: 'process', path: 'true' } },
        {
          type: 'probe',
          name: 'text',
          tolerance: { type: 'regex', pattern: 'x' },
          provider: { type: 'process', path: 'true' },
        },
        { type: 'action', name: 'config', provider: { type: 'process', path: '${path}' } },
        { ref: 'kill' },
      ],
    };
    const text = JSON.stringify(hostile);
    const parts = [
      'controls',
      'secrets',
      'chaosk8s.pod.actions',
      'arguments',
      'background',
      'regex',
      '${…}',
      'reference',
    ];
    for (const part of parts) expect(() => fromChaosToolkit(text, 'x.json', 'x')).toThrow(part);
  });

  test('without a hypothesis can prove nothing, and is refused', () => {
    const { 'steady-state-hypothesis': _hypothesis, ...rest } = EXPERIMENT;
    expect(() => fromChaosToolkit(JSON.stringify(rest), 'x.json', 'x')).toThrow('no steady-state hypothesis');
  });

  test('a drill of ours is none', () => {
    writeFileSync(join(folder, 'mine.yaml'), HEAD);
    expect(isExperiment(`${HEAD}steps: []\n`, 'mine.yaml')).toBe(false);
  });
});
