import { describe, expect, test } from 'vitest';
import { parseQuantity } from '../../model/quantity.ts';
import { podAmount } from '../../proofs/resources/pod-amount.ts';
import type { ContainerResources, Metric, Scaler, WorkloadResources } from '../../proofs/resources/types.ts';
import { check } from './check.ts';

import { synth } from './synth.ts';
import type { Quota } from './types.ts';

const subject = { kind: 'service', name: 'api' } as const;
const usual = { cpuLimits: false, autoscaler: 'serving', workersScaleOnQueue: true } as const;
const origin = { path: 'api.yaml', document: 0, pointer: [] };
const sized = { requests: { cpu: '250m', memory: '256Mi' }, limits: { memory: '512Mi' } };
const cpu: Metric = { type: 'Resource', resource: 'cpu', utilization: true };

function container(more: Partial<ContainerResources> = {}): ContainerResources {
  return { container: 'api', role: 'main', ...sized, origin, ...more };
}

function workload(more: Partial<WorkloadResources> = {}): WorkloadResources {
  return {
    id: 'Deployment shop/api',
    kind: 'Deployment',
    containers: [container()],
    resizers: [],
    scalers: [],
    limitRange: [],
    compelled: [],
    origin,
    ...more,
  };
}

function scaler(more: Partial<Scaler> = {}): Scaler {
  return {
    kind: 'HorizontalPodAutoscaler',
    id: 'HorizontalPodAutoscaler shop/api',
    min: 2,
    max: 6,
    metrics: [cpu],
    origin,
    ...more,
  };
}

function messages(
  workloads: WorkloadResources[],
  params: Parameters<typeof check>[2] = usual,
  serviceKind?: string,
): string[] {
  const input = { about: 'service' as const, workloads, ...(serviceKind !== undefined && { serviceKind }) };
  const result = check(subject, input, params);
  return result.outcome === 'fail' ? result.findings.map(({ message, severity }) => `${severity} ${message}`) : [];
}

describe('containers', () => {
  test('CPU limits are asked for only where the params do', () => {
    expect(messages([workload()])).toEqual([]);
    expect(messages([workload()], { ...usual, cpuLimits: true })).toEqual([expect.stringContaining('no limit of cpu')]);
  });

  test('an init container is asked nothing but what gets its pod refused', () => {
    const init = container({ role: 'init', container: 'migrate', requests: {}, limits: {} });
    expect(messages([workload({ containers: [container(), init] })])).toEqual([]);
    expect(messages([workload({ containers: [container(), init], compelled: ['requests.cpu'] })])).toEqual([
      expect.stringMatching(/^high init container migrate .* states no requests\.cpu/),
    ]);
  });

  test('a native sidecar is asked as a regular container is', () => {
    const sidecar = container({ role: 'sidecar', container: 'proxy', requests: {}, limits: {} });
    expect(messages([workload({ containers: [container(), sidecar] })])).toEqual([
      expect.stringContaining('sidecar container proxy'),
    ]);
  });
});

describe('autoscaling', () => {
  test('one container without a request stops a utilization, an average value it does not', () => {
    const containers = [
      container(),
      container({ container: 'proxy', requests: { memory: '1Mi' }, limits: { memory: '1Mi' } }),
    ];
    const scaled = (metric: Metric) => messages([workload({ containers, scalers: [scaler({ metrics: [metric] })] })]);
    const broken = expect.stringContaining('cannot compute its cpu utilization: container proxy');
    expect(scaled(cpu)).toContainEqual(broken);
    expect(scaled({ ...cpu, utilization: false })).not.toContainEqual(broken);
    expect(scaled({ ...cpu, type: 'ContainerResource', container: 'api' })).not.toContainEqual(broken);
    expect(scaled({ ...cpu, type: 'ContainerResource', container: 'nginx' })).toContainEqual(
      expect.stringContaining('which it does not have'),
    );
  });

  test.each([
    ['more than the maximum', { min: 7 }, /^high .* refuses/],
    ['no maximum', { max: undefined }, /^high .* no maximum/],
    ['equal bounds', { min: 6 }, /^medium .* never scales/],
  ])('bounds: %s', (_name, more, expected) => {
    const { max, ...rest } = scaler(more as Partial<Scaler>);
    expect(messages([workload({ scalers: [max === undefined ? rest : { ...rest, max }] })])).toEqual([
      expect.stringMatching(expected),
    ]);
  });

  test('a metric of a container takes no request of the pod', () => {
    const pod = { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } };
    const bare = container({ requests: {}, limits: {} });
    const of = (metric: Metric) =>
      messages([workload({ pod, containers: [bare], scalers: [scaler({ metrics: [metric] })] })]);
    expect(of(cpu)).toEqual([]);
    expect(of({ ...cpu, type: 'ContainerResource', container: 'api' })).toEqual([
      expect.stringMatching(/^high .* cannot compute its cpu utilization/),
    ]);
  });

  test('a ScaledObject has bounds of its own where it gives none', () => {
    const {
      min: _min,
      max: _max,
      ...keda
    } = scaler({ kind: 'ScaledObject', metrics: [{ type: 'kafka', utilization: false }] });
    expect(messages([workload({ scalers: [keda] })])).toEqual([]);
  });

  test('is asked of what serves or runs several replicas, and of nothing else', () => {
    const replicas = (value: number) => ({ replicas: { value, origin } });
    expect(messages([workload()])).toEqual([]);
    expect(messages([workload(replicas(2))])).toHaveLength(1);
    expect(messages([workload()], usual, 'api')).toHaveLength(1);
    expect(messages([workload(replicas(2))], usual, 'system')).toEqual([]);
    expect(messages([workload({ kind: 'StatefulSet', ...replicas(3) })], usual, 'api')).toEqual([]);
    expect(messages([workload({ kind: 'Job' })], usual, 'worker')).toEqual([]);
    expect(messages([workload(replicas(2))], { ...usual, autoscaler: 'none' })).toEqual([]);
  });

  test('replicas beside an autoscaler are removed, unless people must decide something else too', () => {
    const fixed = workload({ replicas: { value: 3, origin }, scalers: [scaler()] });
    expect(synth(subject, { about: 'service', workloads: [fixed] }, usual)).toMatchObject([{ op: 'remove' }]);
    const bare = workload({ containers: [container({ requests: {}, limits: {} })] });
    expect(synth(subject, { about: 'service', workloads: [fixed, bare] }, usual)).toEqual([]);
  });
});

describe('quotas', () => {
  const quota = (hard: Quota['hard'], least: number, most?: number): Quota => ({
    id: 'ResourceQuota shop/compute',
    hard,
    scoped: false,
    objects: {},
    demands: [{ workload: workload(), least, ...(most !== undefined && { most }) }],
    origin,
  });
  const judged = (...quotas: Quota[]) =>
    check(
      { kind: 'environment', name: 'production' },
      { about: 'environment', quotas, scalers: 0, dangling: [] },
      usual,
    );

  test('hold at their bound', () => {
    expect(judged(quota({ 'requests.cpu': '1', pods: '4' }, 2, 4)).outcome).toBe('pass');
    expect(judged(quota({ 'requests.cpu': '999m' }, 2, 4))).toMatchObject({ findings: [{ severity: 'medium' }] });
    expect(judged(quota({ 'requests.cpu': '499m' }, 2, 4))).toMatchObject({ findings: [{ severity: 'high' }] });
    expect(judged(quota({ 'limits.memory': '1Gi' }, 2, 2)).outcome).toBe('pass');
  });

  test('with unknown numbers are inconclusive, unless the known ones are too many already', () => {
    expect(judged(quota({ 'requests.cpu': '9' }, 2)).outcome).toBe('inconclusive');
    expect(judged(quota({ 'requests.cpu': '100m' }, 2)).outcome).toBe('fail');
    expect(judged(quota({ 'count/configmaps': '9' }, 2)).outcome).toBe('pass');
    expect(judged({ ...quota({ pods: '1' }, 5, 5), scoped: true }).outcome).toBe('inconclusive');
  });

  test('count a pod by what runs together, or by an init container with the sidecars before it', () => {
    const of = (role: ContainerResources['role'], amount: string) =>
      container({ role, requests: { cpu: amount }, limits: {} });
    const pod = (...containers: ContainerResources[]) => podAmount(workload({ containers }), 'requests.cpu');
    const cores = (text: string) => parseQuantity(text);
    expect(pod(of('main', '1'), of('main', '500m'))).toBe(cores('1500m'));
    expect(pod(of('main', '1'), of('init', '3'))).toBe(cores('3'));
    expect(pod(of('main', '1'), of('sidecar', '500m'), of('init', '3'))).toBe(cores('3500m'));
    expect(pod(of('main', '1'), of('init', '3'), of('sidecar', '500m'))).toBe(cores('3'));
    expect(pod(of('main', '3'), of('sidecar', '500m'), of('init', '1'))).toBe(cores('3500m'));
  });

  test('count a pod by what it says as a whole, and by its limit where nobody asks', () => {
    const count = (pod: WorkloadResources['pod'], resource: string) =>
      podAmount(workload({ containers: [container({ limits: {} })], ...(pod && { pod }) }), resource);
    expect(count({ requests: { cpu: '2' }, limits: { cpu: '3' } }, 'requests.cpu')).toBe(parseQuantity('2'));
    expect(count({ requests: {}, limits: { cpu: '3' } }, 'requests.cpu')).toBe(parseQuantity('250m'));
    expect(count({ requests: {}, limits: { 'hugepages-2Mi': '4Mi' } }, 'requests.hugepages-2Mi')).toBe(
      parseQuantity('4Mi'),
    );
    expect(count({ requests: {}, limits: { memory: '1Gi' } }, 'limits.memory')).toBe(parseQuantity('1Gi'));
  });
});
