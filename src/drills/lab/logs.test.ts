import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lastLines } from './logs.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'launchgate-logs-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('without a folder of logs there is no lab', () => {
  expect(lastLines(directory, [], 5)).toBeUndefined();
});

test('a folder that cannot be read is not taken for a lab that is not there', () => {
  writeFileSync(join(directory, 'logs'), '');
  expect(() => lastLines(directory, [], 5)).toThrow('ENOTDIR');
});

test('each line says whose it is, where there are several', () => {
  mkdirSync(join(directory, 'logs'));
  writeFileSync(join(directory, 'logs', 'api-1.log'), 'one\ntwo\nthree\n');
  writeFileSync(join(directory, 'logs', 'edge.log'), 'four\n');
  expect(lastLines(directory, [], 2)?.lines).toEqual(['api-1 | two', 'api-1 | three', 'edge  | four']);
  expect(lastLines(directory, ['edge'], 2)?.lines).toEqual(['four']);
});
