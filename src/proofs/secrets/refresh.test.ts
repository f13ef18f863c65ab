import { expect, test } from 'vitest';
import type { KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { refreshes } from './refresh.ts';

function within(kind: string, spec: object): number | 'never' | undefined {
  const object: KubeObject = {
    apiVersion: 'v1',
    kind,
    namespace: 'shop',
    name: 'db',
    labels: {},
    body: { kind, metadata: { name: 'db' }, spec },
    deployable: 'plain:.',
    origin: { path: 'k8s.yaml', pointer: [] },
  };
  const view = { objects: (wanted: string) => (wanted === kind ? [object] : []) } as unknown as PlatformView;
  return refreshes(view)[0]?.within;
}

test.each([
  ['nothing said', {}, 3600],
  ['an interval', { refreshInterval: '15m' }, 900],
  ['an interval as Go prints it', { refreshInterval: '1h0m0s' }, 3600],
  ['zero as a number', { refreshInterval: 0 }, 'never'],
  ['zero with a unit', { refreshInterval: '0s' }, 'never'],
  ['read once on purpose', { refreshPolicy: 'CreatedOnce', refreshInterval: '1h' }, 'never'],
  ['read when changed', { refreshPolicy: 'OnChange' }, undefined],
  ['no duration', { refreshInterval: 'hourly' }, undefined],
  [
    'a generator',
    { refreshInterval: '0', dataFrom: [{ sourceRef: { generatorRef: { kind: 'Password' } } }] },
    undefined,
  ],
])('an ExternalSecret with %s', (_name, spec, expected) => {
  expect(within('ExternalSecret', spec)).toBe(expected);
});

test.each([
  ['nothing said', {}, 'never'],
  ['events', { syncConfig: { instantUpdates: true } }, 0],
  ['an interval', { refreshAfter: '30s' }, 30],
])('a VaultStaticSecret with %s', (_name, spec, expected) => {
  expect(within('VaultStaticSecret', spec)).toBe(expected);
});
