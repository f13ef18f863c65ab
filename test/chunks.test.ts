import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { temporaryTree } from './temporary-tree.ts';

const LOADER = fileURLToPath(new URL('../bin/chunks.cjs', import.meta.url));
const RUN = `
const { Chunks } = require(${JSON.stringify(LOADER)});
const chunks = new Chunks(process.argv[1]);
console.log(chunks.load('main.cjs').main());
chunks.keep();
`;
/** Before the code: the digest of the build, a checksum, the number of runs. */
const RUNS_AT = 68;

let bundle: string;
let cache: string;

beforeEach(() => {
  const { root } = temporaryTree({
    'dist/built': 'a'.repeat(64),
    'dist/main.cjs':
      'const part=require("./chunks/part.cjs");exports.main=()=>part.name()+part.up();exports.suffix="!";',
    'dist/chunks/part.cjs': 'exports.name=()=>"old";exports.up=()=>require("../main.cjs").suffix;',
  });
  bundle = join(root, 'dist');
  cache = join(root, 'cache');
});

function run(env: Readonly<Record<string, string>> = {}): string {
  return execFileSync(process.execPath, ['-e', RUN, bundle], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: cache, ...env },
  }).trim();
}

function keptFolder(): string {
  const code = join(cache, 'launchgate/code');
  const [name, ...more] = readdirSync(code);
  expect(more).toEqual([]);
  return join(code, name!);
}

const kept = (name: string): string => join(keptFolder(), name);
const runsOf = (name: string): number => readFileSync(kept(name)).readUInt32BE(RUNS_AT);

test('the first runs keep what they compiled, and later ones leave it as it is', () => {
  for (const runs of [1, 2, 3, 4]) {
    expect(run()).toBe('old!');
    expect(['main.cjs', 'chunks-part.cjs'].map(runsOf)).toEqual([runs, runs]);
  }
  const before = statSync(kept('chunks-part.cjs'), { bigint: true });
  expect(run()).toBe('old!');
  expect(statSync(kept('chunks-part.cjs'), { bigint: true })).toMatchObject({
    ino: before.ino,
    mtimeNs: before.mtimeNs,
  });
  expect(readdirSync(keptFolder()).sort()).toEqual(['chunks-part.cjs', 'main.cjs']);
});

test('functions that ran are kept with their chunk', () => {
  writeFileSync(join(bundle, 'main.cjs'), 'exports.main=()=>"idle";function never(){return [1,2,3].map(String)}');
  run();
  const idle = statSync(kept('main.cjs')).size;
  writeFileSync(join(bundle, 'built'), 'b'.repeat(64));
  writeFileSync(join(bundle, 'main.cjs'), 'exports.main=()=>never();function never(){return [1,2,3].map(String)}///');
  run();
  expect(statSync(kept('main.cjs')).size).toBeGreaterThan(idle + 100);
});

test('code of another build is not run, though its text is as long', () => {
  expect(run()).toBe('old!');
  writeFileSync(join(bundle, 'built'), 'b'.repeat(64));
  writeFileSync(
    join(bundle, 'chunks/part.cjs'),
    readFileSync(join(bundle, 'chunks/part.cjs'), 'utf8').replace('old', 'new'),
  );
  expect(run()).toBe('new!');
  expect(runsOf('chunks-part.cjs')).toBe(1);
});

test.each([
  ['one flipped bit', (bytes: Buffer) => bytes.with(bytes.length - 9, bytes.at(-9)! ^ 1)],
  ['a lost end', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
  ['nothing in it', () => Buffer.alloc(0)],
])('a kept file with %s is compiled anew', (_what, spoil) => {
  run();
  run();
  writeFileSync(kept('chunks-part.cjs'), spoil(readFileSync(kept('chunks-part.cjs'))));
  expect(run()).toBe('old!');
  expect(['main.cjs', 'chunks-part.cjs'].map(runsOf)).toEqual([3, 1]);
});

test('a folder into which others may write is left alone', () => {
  run();
  chmodSync(keptFolder(), 0o777);
  run();
  expect(runsOf('chunks-part.cjs')).toBe(1);
});

test('only the user may read what is kept', () => {
  run();
  expect([keptFolder(), kept('main.cjs')].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
});

test('nothing is kept where that is not wanted', () => {
  expect(run({ NODE_DISABLE_COMPILE_CACHE: '1' })).toBe('old!');
  expect(existsSync(cache)).toBe(false);
});

test('a folder that cannot be made is no reason to fail', () => {
  writeFileSync(cache, 'a file');
  expect(run()).toBe('old!');
});

test('a file that cannot be replaced is no reason to fail', () => {
  run();
  writeFileSync(join(bundle, 'built'), 'b'.repeat(64));
  execFileSync('rm', [kept('chunks-part.cjs')]);
  mkdirSync(kept('chunks-part.cjs'));
  expect(run()).toBe('old!');
});
