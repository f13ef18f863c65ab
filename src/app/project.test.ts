import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findProject } from './project.ts';

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'launchgate-project-')));
  write('.git/HEAD', '');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('is the nearest folder upward with a spec', () => {
  write('launchgate.yaml', '');
  write('k8s/base/x.yaml', '');
  expect(findProject(join(root, 'k8s/base'), undefined, undefined)).toEqual({ root, spec: 'launchgate.yaml' });
});

test('is the working folder where none has one', () => {
  write('k8s/x.yaml', '');
  expect(findProject(join(root, 'k8s'), undefined, undefined)).toEqual({ root: join(root, 'k8s') });
});

test.each([
  ['a folder', () => mkdirSync(join(root, 'launchgate.yaml'))],
  ['a link to nothing', () => symlinkSync('gone.yaml', join(root, 'launchgate.yaml'))],
])('is not judged without the spec where %s has its name', (_, make) => {
  make();
  write('k8s/x.yaml', '');
  for (const [cwd, path] of [
    [join(root, 'k8s'), undefined],
    [join(root, 'k8s'), '..'],
  ] as const)
    expect(() => findProject(cwd, path, undefined)).toThrow('launchgate.yaml is not a file, nor a link to one');
});

test('is what the package names, also from below it', () => {
  write('package.json', '{ "launchgate": { "platform": "deploy/launchgate.yaml" } }');
  write('deploy/launchgate.yaml', '');
  write('src/x.ts', '');
  for (const cwd of [root, join(root, 'src')])
    expect(findProject(cwd, undefined, undefined)).toEqual({ root: join(root, 'deploy'), spec: 'launchgate.yaml' });
});

test('a spec here comes before the one that the package names', () => {
  write('package.json', '{ "launchgate": { "platform": "deploy/launchgate.yaml" } }');
  write('deploy/launchgate.yaml', '');
  write('launchgate.yaml', '');
  expect(findProject(root, undefined, undefined)).toEqual({ root, spec: 'launchgate.yaml' });
});

test.each(['', 'null', '{ "launchgate": 1 }', '{ "name": "x" }', '{'])('a package of %j names none', (text) => {
  write('package.json', text);
  expect(findProject(root, undefined, undefined)).toEqual({ root });
});

test('a package that names what is not there, or lies outside, is told so', () => {
  write('package.json', '{ "launchgate": { "platform": "deploy/launchgate.yaml" } }');
  expect(() => findProject(root, undefined, undefined)).toThrow('deploy/launchgate.yaml is not a file');
  write('package.json', '{ "launchgate": { "platform": "../launchgate.yaml" } }');
  expect(() => findProject(root, undefined, undefined)).toThrow('outside its folder');
});

test('a package that names what lies outside through a link is told so', () => {
  write('other/launchgate.yaml', '');
  write('inside/package.json', '{ "launchgate": { "platform": "link/launchgate.yaml" } }');
  symlinkSync('../other', join(root, 'inside/link'));
  expect(() => findProject(join(root, 'inside'), undefined, undefined)).toThrow('outside its folder');
});

function write(path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
