import { expect, test } from 'vitest';
import { check } from './check.ts';

const params = { registries: [], requireDigest: false };
const origin = { path: 'k8s.yaml' };

function outcomeOf(...tags: string[]): string {
  const images = tags.map((tag) => ({
    workload: 'Deployment shop/api',
    part: 'container api',
    image: { value: `registry.example.com/api:${tag}`, origin },
  }));
  return check({ kind: 'service', name: 'api' }, images, params).outcome;
}

test.each([
  '1.25.3',
  'v1.14.2-rc.1',
  '1.2.3.4',
  'release-1.2.3',
  '1.25.3-alpine3.19',
  '1.2.3-dev.5',
  '1.2.3-main.4f2a9c1',
  '2024-01-15',
  '2024-01-15T12-00-00Z',
  '2024-01-15-2',
  'build2024-01-15',
  'nightly-2024-01-15',
  'RELEASE.2024-01-16T16-07-38Z',
  'RELEASE.2024-01-16T16-07-38Z.fips',
  '20240115',
  '20240115T120000Z',
  'jammy-20240111',
  'v20231226-1a7112e06',
  '4f2a9c1',
  'main-4f2a9c1',
  '4f2a9c1-arm64',
  `sha256-${'0123456789abcdef'.repeat(4)}`,
  '9.4-1227.1726694542',
])('the tag %s holds', (tag) => {
  expect(outcomeOf(tag)).toBe('pass');
});

test.each([
  'latest',
  '1.27',
  'v3',
  'alpine',
  'release',
  '2024-01',
  '2024-13-45',
  '1.2.3-SNAPSHOT',
  '1.25.3-latest',
  '1.25.3-latest-alpine',
  '1.2.3-dev',
  '1.2.3-NIGHTLY',
  '1.2.3-edge',
  '1.2.3-main',
  '1.2.3-master',
  '1.2.3.canary',
  '2024-01-15-latest',
  '4f2a9c1-dirty',
])('the tag %s can move', (tag) => {
  expect(outcomeOf(tag)).toBe('fail');
});

test('an image that is not known hides none that moves', () => {
  expect(outcomeOf('${VERSION}', '1.2.3')).toBe('inconclusive');
  expect(outcomeOf('${VERSION}', 'latest')).toBe('fail');
});
