import { describe, expect, it } from 'vitest';
import {
  environmentOf,
  environmentOfPath,
  isDeclaredByPlaces,
  moreProductionLike,
  sameEnvironment,
} from './environment.ts';

describe('environmentOf', () => {
  it.each([
    ['prod', 'production', 'production'],
    ['PRODUCTION', 'production', 'production'],
    ['live', 'production', 'production'],
    ['api-prod', 'production', 'production'],
    ['prod-api', 'production', 'production'],
    ['stg', 'staging', 'staging'],
    ['pre-prod', 'preprod', 'staging'],
    ['uat', 'uat', 'staging'],
    ['web.dev', 'development', 'development'],
    ['ci', 'ci', 'ci'],
    ['prod-values', 'production', 'production'],
    ['prod-eu', 'prod-eu', 'production'],
    ['prod-us-east-1', 'prod-us-east-1', 'production'],
    ['eu-prod', 'eu-prod', 'production'],
    ['staging2-cluster', undefined, undefined],
    ['test', 'test', 'ci'],
  ])('reads %s as %s', (name, environment, kind) => {
    expect(environmentOf(name)?.name).toBe(environment);
    expect(environmentOf(name)?.kind).toBe(kind);
  });

  it.each(['test-runner', 'live-chat', 'local-storage', 'products', 'stage-manager', 'api', 'dev-to-prod', 'delivery'])(
    'sees none in %s',
    (name) => {
      expect(environmentOf(name)).toBeUndefined();
    },
  );
});

describe('environmentOfPath', () => {
  it('takes the innermost folder that names one', () => {
    expect(environmentOfPath('clusters/staging/apps/prod/api')).toMatchObject({ name: 'production', part: 'prod' });
    expect(environmentOfPath('services/api/k8s')).toBeUndefined();
  });
});

describe('moreProductionLike', () => {
  it('puts production before staging before development', () => {
    const found = ['dev', 'uat', 'prod-eu', 'staging', 'prod'].flatMap((name) => environmentOf(name) ?? []);
    expect(found.toSorted(moreProductionLike).map(({ name }) => name)).toEqual([
      'production',
      'prod-eu',
      'staging',
      'uat',
      'development',
    ]);
  });
});

describe('sameEnvironment', () => {
  it('knows other words for one environment', () => {
    expect(sameEnvironment('production', 'prod', ['prod'])).toBe(true);
    expect(sameEnvironment('staging', 'prod', ['prod'])).toBe(false);
  });

  it('gives a place to its environment unless somebody declared the place', () => {
    expect(sameEnvironment('prod-eu', 'production', ['production'])).toBe(true);
    expect(sameEnvironment('prod-eu', 'production', ['production', 'prod-eu'])).toBe(false);
    expect(sameEnvironment('production', 'prod-eu', ['prod-eu'])).toBe(false);
  });

  it('matches names that mean nothing only by themselves', () => {
    expect(sameEnvironment('production', 'blue-whale', ['blue-whale'])).toBe(false);
  });
});

describe('isDeclaredByPlaces', () => {
  it.each([
    ['production', ['eu-prod', 'us-prod'], true],
    ['production', ['prod-eu', 'prod'], false],
    ['prod-eu', ['prod-us'], false],
    ['staging', ['prod-eu'], false],
    ['production', [], false],
  ])('of %s by %j', (found, declared, is) => {
    expect(isDeclaredByPlaces(found, declared)).toBe(is);
  });
});
