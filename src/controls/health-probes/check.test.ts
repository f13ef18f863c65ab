import { describe, expect, test } from 'vitest';
import { check } from './check.ts';
import type { Handler, Probe } from '../../proofs/probes/index.ts';
import type { ProbedContainer } from './input.ts';
import { synth } from './synth.ts';

const subject = { kind: 'service', name: 'api' } as const;
const usual = { liveness: true, slowStartSeconds: 30, exempt: [] };
const origin = { path: 'api.yaml', document: 0, pointer: [] };
const http = { name: 'http', number: 8080, protocol: 'TCP' };

function probe(handler: Partial<Handler>, more: Partial<Probe> = {}): Probe {
  const defaults = {
    initialDelaySeconds: 0,
    timeoutSeconds: 1,
    periodSeconds: 10,
    failureThreshold: 3,
    successThreshold: 1,
    ownGracePeriod: false,
    origin,
  };
  return { ...defaults, handlers: [{ kind: 'httpGet', port: 8080, asks: '/', origin, ...handler }], ...more };
}

function container(more: Partial<ProbedContainer>): ProbedContainer {
  const probes = { livenessProbe: probe({ asks: '/live' }), readinessProbe: probe({ asks: '/ready' }) };
  return {
    workload: 'Deployment shop/api',
    container: 'api',
    role: 'main',
    ports: [http],
    podPorts: [http],
    hostNetwork: false,
    probes,
    origin,
    ...more,
  };
}

function messages(...containers: ProbedContainer[]): string[] {
  const result = check(subject, { containers }, usual);
  return result.outcome === 'fail' ? result.findings.map(({ message, severity }) => `${severity} ${message}`) : [];
}

test('one container with probes does not speak for another', () => {
  expect(messages(container({}), container({ container: 'other', probes: {} }))).toHaveLength(2);
});

test('exempt containers are asked nothing, and alone are nothing to look at', () => {
  const proxy = container({ container: 'istio-proxy', probes: {} });
  expect(check(subject, { containers: [container({}), proxy] }, { ...usual, exempt: ['istio-proxy'] }).outcome).toBe(
    'pass',
  );
  expect(check(subject, { containers: [proxy] }, { ...usual, exempt: ['istio-proxy'] }).outcome).toBe('inconclusive');
});

describe('liveness and readiness that ask the same', () => {
  const both = (failureThreshold: number) =>
    container({ probes: { livenessProbe: probe({ port: 'http' }, { failureThreshold }), readinessProbe: probe({}) } });

  test('by port name and by number are one question', () => {
    expect(messages(both(3))).toEqual([expect.stringContaining('restarted after 30 s')]);
  });

  test('are sound where the restart comes later than the shedding', () => {
    expect(messages(both(4))).toEqual([]);
  });

  test('are mended by patience', () => {
    expect(synth(subject, { containers: [both(3)] }, usual)).toMatchObject([
      { op: 'set', origin: { pointer: ['failureThreshold'] }, value: 9 },
    ]);
  });
});

describe('ports', () => {
  const asking = (handler: Partial<Handler>, more: Partial<ProbedContainer> = {}) =>
    messages(
      container({ ...more, probes: { livenessProbe: probe(handler), readinessProbe: probe({ asks: '/ready' }) } }),
    );

  test('a name of another container of the pod can only fail', () => {
    const podPorts = [http, { name: 'admin', number: 9000, protocol: 'TCP' }];
    expect(asking({ port: 'admin' }, { podPorts })).toEqual([expect.stringMatching(/^critical .* another container/)]);
  });

  test('a number of another container of the pod is fine: they share the network', () => {
    expect(asking({ port: 9000 }, { podPorts: [http, { number: 9000, protocol: 'TCP' }] })).toEqual([]);
  });

  test('a name is corrected only where one port can be meant', () => {
    const wrong = { livenessProbe: probe({ port: 'web' }), readinessProbe: probe({ asks: '/ready' }) };
    expect(synth(subject, { containers: [container({ probes: wrong })] }, usual)).toMatchObject([{ value: 'http' }]);
    const two = [http, { name: 'grpc', number: 9090, protocol: 'TCP' }];
    expect(synth(subject, { containers: [container({ probes: wrong, ports: two, podPorts: two })] }, usual)).toEqual(
      [],
    );
  });

  test('the loopback of the node is the pod only with hostNetwork', () => {
    expect(asking({ host: '127.0.0.1' })).toHaveLength(1);
    expect(asking({ host: '127.0.0.1' }, { hostNetwork: true })).toEqual([]);
    expect(asking({ host: 'example.com' }, { hostNetwork: true })).toHaveLength(1);
  });
});

describe('what the API server refuses', () => {
  test.each([
    ['a port out of range', { port: 70_000 }, {}],
    ['a port by name for grpc', { kind: 'grpc', port: 'http' }, {}],
    ['a name that is none', { port: '8080' }, {}],
    ['exec without a command', { kind: 'exec', asks: '' }, {}],
    ['a negative period', {}, { periodSeconds: -1 }],
    ['a negative timeout', {}, { timeoutSeconds: -1 }],
    ['a negative delay', {}, { initialDelaySeconds: -1 }],
    ['a scheme in small letters', { scheme: 'https' }, {}],
  ] as const)('%s', (_name, handler, more) => {
    const probes = { livenessProbe: probe(handler, more), readinessProbe: probe({ asks: '/ready' }) };
    expect(messages(container({ probes }))).toEqual([
      expect.stringContaining('the API server refuses the liveness probe'),
    ]);
  });

  test('two ports of one name', () => {
    const ports = [http, { ...http, number: 8081 }];
    expect(messages(container({ ports, podPorts: ports }))).toEqual([
      'high the API server refuses container api of Deployment shop/api: it has two ports named http',
    ]);
  });

  test('a grace period of its own belongs to liveness, not to readiness', () => {
    const own = { ownGracePeriod: true };
    const at = (name: string) =>
      container({
        probes: {
          livenessProbe: probe({ asks: '/live' }),
          readinessProbe: probe({ asks: '/ready' }),
          [name]: probe({ asks: '/own' }, own),
        },
      });
    expect(messages(at('readinessProbe'))).toHaveLength(1);
    expect(messages(at('livenessProbe'))).toEqual([]);
  });
});

test('a slow start is judged at the bound of the params', () => {
  const slow = (initialDelaySeconds: number) =>
    container({
      probes: {
        livenessProbe: probe({ asks: '/live' }, { initialDelaySeconds }),
        readinessProbe: probe({ asks: '/ready' }),
      },
    });
  expect(messages(slow(29))).toEqual([]);
  expect(messages(slow(30))).toEqual([expect.stringMatching(/^low .* startup probe/)]);
});
