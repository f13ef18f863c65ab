import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { address, ConfigInvalid, duration, flag, integer, list, readConfig, share } from './index.ts';

const PARTS = ['drain', 'audit'] as const;
const shape = z.object({
  WAIT: duration({ max: 60_000 }).prefault('5s'),
  PORTS: list.prefault('443').pipe(z.array(integer(1, 65_535))),
  ADDR: address.prefault(':8443'),
  STRICT: flag.prefault('true'),
});

function refusal(env: Record<string, string>): string {
  try {
    readConfig(shape, env, PARTS);
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.message;
  }
  throw new Error('it was not refused');
}

test('variables become values, absent ones their defaults', () => {
  expect(readConfig(shape, {}, PARTS)).toEqual({
    WAIT: 5000,
    PORTS: [443],
    ADDR: { host: undefined, port: 8443 },
    STRICT: true,
    PARTS_OFF: new Set(),
  });
  const env = { WAIT: '250ms', PORTS: ' 1, ,65535', ADDR: '[::1]:0', STRICT: 'false' };
  expect(readConfig(shape, env)).toMatchObject({
    WAIT: 250,
    PORTS: [1, 65_535],
    ADDR: { host: '::1', port: 0 },
    STRICT: false,
  });
});

test('everything that is wrong is named at once, and no value is shown', () => {
  const message = refusal({
    WAIT: '61s',
    PORTS: '0',
    ADDR: 'host:99999',
    STRICT: 'yes-s3cret',
    PARTS_OFF: 'drain',
    DEPLOYMENT_ENVIRONMENT: 'production',
  });
  for (const name of ['WAIT', 'PORTS.0', 'ADDR', 'STRICT', 'PARTS_OFF']) expect(message).toContain(`  ${name}: `);
  expect(message).not.toMatch(/61s|99999|s3cret/);
});

test.each(['', '5', '-5s', '5 s', '1h30m', '9999999999s', '٣s'])('%j is no duration', (text) => {
  expect(refusal({ WAIT: text })).toContain('WAIT: expected a duration');
});

test('an interval of nothing, and no share at all, are refused', () => {
  const strict = z.object({ EVERY: duration({ min: 1000 }).prefault('1m'), SHARE: share.default(0.1) });
  expect(readConfig(strict, {})).toMatchObject({ EVERY: 60_000, SHARE: 0.1 });
  for (const SHARE of ['0', '1', '0.25', '1.0']) expect(readConfig(strict, { SHARE }).SHARE).toBe(Number(SHARE));
  for (const EVERY of ['0s', '999ms'])
    expect(() => readConfig(strict, { EVERY })).toThrow(/EVERY: expected a duration such as 45s or 10m, at least 1s/);
  for (const SHARE of ['', ' ', '1.5', '-0', '0x1', '1e-1', '10%', 'NaN'])
    expect(() => readConfig(strict, { SHARE }), SHARE).toThrow(/SHARE: expected a number from 0 to 1/);
});

test('parts are off in the lab alone, and only those there are', () => {
  const lab = { DEPLOYMENT_ENVIRONMENT: 'lab', PARTS_OFF: ' audit,,drain ' };
  expect(readConfig(shape, lab, PARTS).PARTS_OFF).toEqual(new Set(['audit', 'drain']));
  expect(refusal({ ...lab, DEPLOYMENT_ENVIRONMENT: 'staging' })).toContain('for the lab alone');
  expect(refusal({ PARTS_OFF: 'drain' })).toContain('for the lab alone');
  expect(refusal({ ...lab, PARTS_OFF: 'drain,gravity' })).toContain(
    'there is no part gravity; expected some of drain, audit',
  );
  expect(readConfig(shape, { PARTS_OFF: 'drain' }).PARTS_OFF).toEqual(new Set());
});

test('a program with a wrong configuration ends with 78, with another failure 1, and says why in one line', () => {
  const run = (body: string) =>
    spawnSync(process.execPath, ['--input-type=module', '--eval', body], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    });
  const index = JSON.stringify(join(import.meta.dirname, 'index.ts'));
  const failing = (error: string) =>
    run(`import { ConfigInvalid, runProgram } from ${index}; setInterval(() => {}, 1000);
      await runProgram('svc', async () => { throw ${error}; });`);
  expect(failing(`new ConfigInvalid(['A: expected b'])`)).toMatchObject({
    status: 78,
    stderr: 'svc: configuration invalid:\n  A: expected b\n',
  });
  expect(failing(`new Error('no')`)).toMatchObject({ status: 1, stderr: 'svc: no\n' });
});
