import { expect, test } from 'vitest';
import type { Deployable } from '../model/platform.ts';
import { sharedFiles } from './shared-files.ts';

function overlay(environment: string | undefined, ...sources: string[]): Deployable {
  const path = `overlays/${environment ?? 'any'}`;
  const named = environment !== undefined && { environment, environmentFrom: 'its folder' };
  return { id: `kustomize:${path}`, renderer: 'kustomize', path, sources, declaredBy: path, ...named };
}

const deployables = [
  overlay('production', 'base/api.yaml', 'overlays/production/patch.yaml'),
  overlay('staging', 'base/api.yaml'),
  overlay('development', 'base/api.yaml'),
  overlay(undefined, 'base/api.yaml', 'lib/api.yaml'),
];

test('a base is told with the other environments that are made of it', () => {
  expect(sharedFiles(deployables, 'production', ['base/api.yaml', 'overlays/production/patch.yaml'])).toEqual([
    { path: 'base/api.yaml', environments: ['development', 'staging'] },
  ]);
});

test('what belongs to no environment, and what is new, is nobody else’s', () => {
  expect(sharedFiles(deployables, 'production', ['lib/api.yaml', 'base/new.yaml'])).toEqual([]);
});
