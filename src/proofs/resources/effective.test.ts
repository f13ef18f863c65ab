import { describe, expect, test } from 'vitest';
import { effective, refusal } from './effective.ts';
import type { ContainerResources, LimitItem } from './types.ts';

const origin = { path: 'api.yaml' };

function container(requests: object, limits: object): ContainerResources {
  return {
    container: 'api',
    role: 'main',
    requests: { ...requests },
    limits: { ...limits },
    origin,
  } as ContainerResources;
}

function limits(item: Partial<LimitItem>): LimitItem {
  return {
    id: 'LimitRange shop/x',
    type: 'Container',
    default: {},
    defaultRequest: {},
    min: {},
    max: {},
    maxLimitRequestRatio: {},
    ...item,
  };
}

test('a limit without a request is the request, before a LimitRange is asked', () => {
  const item = limits({ defaultRequest: { memory: '64Mi' }, default: { memory: '128Mi', cpu: '1' } });
  expect(effective(container({}, { memory: '1Gi' }), [item])).toEqual({
    requests: { memory: '1Gi' },
    limits: { memory: '1Gi', cpu: '1' },
  });
});

test('a LimitRange of another type gives no defaults', () => {
  expect(effective(container({}, {}), [limits({ type: 'Pod', default: { cpu: '1' } })])).toEqual({
    requests: {},
    limits: {},
  });
});

describe('refused', () => {
  test.each([
    ['a request above its limit, in other units', { cpu: '1100m' }, { cpu: '1.05' }, [], 'more than its limit'],
    [
      'a request above a default limit',
      { memory: '2Gi' },
      {},
      [limits({ default: { memory: '1Gi' } })],
      'more than its limit',
    ],
    ['a device without a limit', { 'nvidia.com/gpu': '1' }, {}, [], 'without a limit'],
    ['a device that is overcommitted', { 'nvidia.com/gpu': '1' }, { 'nvidia.com/gpu': '2' }, [], 'differ'],
    ['half a device', {}, { 'nvidia.com/gpu': '500m' }, [], 'not a whole number'],
    ['a limit above the maximum', {}, { memory: '2Gi' }, [limits({ max: { memory: '1Gi' } })], 'above the maximum'],
    ['no limit where there is a maximum', {}, {}, [limits({ max: { memory: '1Gi' } })], 'asks for a limit'],
    [
      'a request below the minimum',
      { cpu: '10m' },
      { cpu: '1' },
      [limits({ min: { cpu: '50m' } })],
      'below the minimum',
    ],
    [
      'a limit too far above the request',
      { cpu: '100m' },
      { cpu: '1' },
      [limits({ maxLimitRequestRatio: { cpu: '4' } })],
      'more than 4 times',
    ],
  ])('%s', (_name, requests, most, items, reason) => {
    expect(refusal(container(requests, most), items)).toContain(reason);
  });

  test.each([
    ['equal amounts in other units', { memory: '1024Mi' }, { memory: '1Gi' }, []],
    ['a device with a limit alone', {}, { 'nvidia.com/gpu': '1' }, []],
    ['the ratio at its bound', { cpu: '250m' }, { cpu: '1' }, [limits({ maxLimitRequestRatio: { cpu: '4' } })]],
  ])('not: %s', (_name, requests, most, items) => {
    expect(refusal(container(requests, most), items)).toBeUndefined();
  });
});
