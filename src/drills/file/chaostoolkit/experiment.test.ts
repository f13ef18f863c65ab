import { describe, expect, test } from 'vitest';
import { LaunchgateError } from '../../../model/errors.ts';
import { fileDrill } from '../drill.ts';
import type { FileDrill } from '../schema.ts';
import { fromChaosToolkit, isExperiment } from './experiment.ts';

const IS_TRUE = { type: 'probe', name: 'it is true', tolerance: 0, provider: { type: 'process', path: 'true' } };
const RM = { type: 'process', path: 'rm', arguments: ['-f', 'x'] };
const HTTP = { type: 'http', url: 'http://127.0.0.1:1/', headers: { accept: 'text/plain' } };
const REMOVE = { type: 'action', name: 'remove', provider: RM, pauses: { after: 2 } };
const PUT_BACK = { type: 'action', name: 'put back', provider: { type: 'process', path: 'touch', arguments: ['x'] } };
const CONTROL = { name: 'tracing', provider: { type: 'python', module: 'chaostracing' } };
const STEADY = {
  title: 'all is well',
  probes: [
    IS_TRUE,
    { type: 'probe', name: 'it answers', tolerance: { type: 'range', range: [200, 299] }, provider: HTTP },
  ],
};
const EXPERIMENT = {
  title: 'Does it hold?',
  version: '1.0.0',
  description: 'A file goes away.',
  'steady-state-hypothesis': STEADY,
  method: [REMOVE],
  rollbacks: [PUT_BACK],
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
      controls: [CONTROL],
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
    expect(isExperiment('apiVersion: launchgate/v1\nkind: Drill\nmethod: []\n', 'mine.yaml')).toBe(false);
  });

  test.each([
    ['hypothesis', { 'steady-state-hypothesis': { ...STEADY, controls: [CONTROL] } }, 'controls'],
    [
      'probe',
      { 'steady-state-hypothesis': { probes: [{ ...IS_TRUE, pauses: { after: 5 } }] } },
      '"it is true": pauses',
    ],
    [
      'probe',
      { 'steady-state-hypothesis': { probes: [{ ...IS_TRUE, background: true }] } },
      '"it is true": background',
    ],
    ['action', { method: [{ ...REMOVE, controls: [CONTROL] }] }, 'method[0] "remove": controls'],
    ['action', { method: [{ ...REMOVE, tolerance: 0 }] }, 'method[0] "remove": tolerance'],
    ['pauses', { method: [{ ...REMOVE, pauses: { during: 1 } }] }, 'unknown key "during"'],
    ['rollback', { rollbacks: [{ ...PUT_BACK, pauses: { before: 5 } }] }, 'rollbacks[0] "put back": pauses'],
    ['process', { method: [{ ...REMOVE, provider: { ...RM, secrets: ['k8s'] } }] }, 'unknown key "secrets"'],
    ['process', { method: [{ ...REMOVE, provider: { ...RM, arguments: [{ force: true }] } }] }, 'arguments.0'],
    ['http', { method: [{ ...REMOVE, provider: { ...HTTP, verify_tls: false } }] }, 'unknown key "verify_tls"'],
    [
      'tolerance',
      {
        'steady-state-hypothesis': {
          probes: [{ ...IS_TRUE, tolerance: { type: 'range', range: [0, 1], target: 'stdout' } }],
        },
      },
      '"target":"stdout"',
    ],
  ])('a member of its %s that would be dropped is named with its line', (_, changed, message) => {
    const text = JSON.stringify({ ...EXPERIMENT, ...changed }, undefined, 1);
    expect(() => fromChaosToolkit(text, 'x.json', 'x')).toThrow(message);
    expect(() => fromChaosToolkit(text, 'x.json', 'x')).toThrow(/x\.json:\d+:\d+: /);
  });

  test('members that say nothing are no reason to refuse it', () => {
    const quiet = { ...REMOVE, background: false, controls: [], pauses: {} };
    expect(take({ method: [quiet], controls: [] }).steps.map(({ name }) => name)).toContain('remove');
  });
});

describe('a pause of it', () => {
  test('has the time that it takes, and a little more', () => {
    const file = take({ method: [{ ...REMOVE, pauses: { before: 0.5, after: 60 } }] });
    const [rehearsal] = fileDrill(file, '/').plan({ subjects: [], parameters: {}, spec: {} as never }).runs;
    const times = new Map(rehearsal?.method.map(({ name, timeoutMs }) => [name, timeoutMs]));
    expect(file.steps.find(({ name }) => name === 'pause after remove')?.pause).toBe('60000ms');
    expect(times.get('pause after remove')).toBeGreaterThan(60_000);
    expect(times.get('pause before remove')).toBeGreaterThan(500);
  });
});

describe('a timeout of its provider', () => {
  const timeoutsOf = (changed: object): Record<string, unknown> =>
    Object.fromEntries(take(changed).steps.map(({ name, timeout }) => [name, timeout]));

  test('is that of the step, of HTTP connecting and reading together', () => {
    const method = [
      { ...REMOVE, provider: { ...RM, timeout: 90 } },
      { ...REMOVE, name: 'post', provider: { ...HTTP, timeout: 2.5 } },
      { ...REMOVE, name: 'put', provider: { ...HTTP, timeout: [1, 20] } },
    ];
    expect(timeoutsOf({ method })).toMatchObject({ remove: '90000ms', post: '2500ms', put: '21000ms' });
  });

  test('is that of a probe, before, after and at the end of the method', () => {
    const probes = [{ ...IS_TRUE, provider: { ...IS_TRUE.provider, timeout: 3 } }];
    const drill = take({ 'steady-state-hypothesis': { probes } });
    expect(drill.hypothesis[0]?.timeout).toBe('3000ms');
    expect(drill.steps.at(-1)?.timeout).toBe('3000ms');
  });

  test('is that of the way back, which has no more than every undo', () => {
    const rollback = (timeout: number) => ({ rollbacks: [{ ...PUT_BACK, provider: { ...RM, timeout } }] });
    expect(take(rollback(20)).steps[0]?.undo).toMatchObject({ timeout: '20000ms' });
    expect(() => take(rollback(181))).toThrow('rollbacks[0] "put back": more than 180 s');
  });

  test.each([
    [{ ...RM, timeout: 'soon' }, 'timeout: expected a number, found "soon"'],
    [{ ...RM, timeout: 0 }, 'timeout: expected more than 0'],
    [{ ...RM, timeout: [1, 2] }, 'timeout: expected a number, found a list'],
    [{ ...RM, timeout: '${seconds}' }, '${…}'],
    [{ ...HTTP, timeout: [1, 2, 3] }, 'timeout: expected'],
  ])('is refused where it is none: %j', (provider, message) => {
    expect(() => take({ method: [{ ...REMOVE, provider }] })).toThrow(message);
  });
});

describe('what a drill of ours would refuse', () => {
  test.each([
    [{ ...HTTP, url: 'localhost:8080/h' }, 'url: expected a URL such as https://', 'found "localhost:8080/h"'],
    [{ ...HTTP, method: 'OPTIONS' }, 'method: expected one of GET, HEAD', 'found "OPTIONS"'],
    [{ ...RM, arguments: Array.from({ length: 200 }, () => 'x') }, 'method[0] "remove"', ''],
  ])('%j is told with its place in the experiment', (provider, expected, found) => {
    const refused = refusalOf({ method: [{ ...REMOVE, provider }] });
    expect(refused).toBeInstanceOf(LaunchgateError);
    expect(refused).toMatchObject({ code: 'usage' });
    expect(refused.message).toMatch(/x\.json:\d+:\d+: method\[0\] "remove": /);
    expect(refused.message).toContain(expected);
    expect(refused.message).toContain(found);
  });

  test('is no title of any length', () => {
    const refused = refusalOf({ title: 'x'.repeat(5000) });
    expect(refused).toMatchObject({ code: 'usage' });
    expect(refused.message).toMatch(/x\.json:2:\d+: at title: /);
  });

  test('is no probe that posts: it is a question, whatever it sends', () => {
    const probe = { type: 'probe', name: 'search', tolerance: 200, provider: { ...HTTP, method: 'post' } };
    expect(take({ 'steady-state-hypothesis': { probes: [probe] } }).hypothesis[0]?.http?.method).toBe('POST');
  });
});

function take(changed: object): FileDrill {
  return fromChaosToolkit(JSON.stringify({ ...EXPERIMENT, ...changed }, undefined, 1), 'x.json', 'x.json');
}

function refusalOf(changed: object): Error {
  try {
    take(changed);
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was taken over');
}
