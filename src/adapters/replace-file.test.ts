import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceFile } from './replace-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launchgate-replace-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('replaceFile', () => {
  it('makes a file, and another in its place with the mode it had', () => {
    const path = join(folder, 'a');
    replaceFile(path, 'one');
    chmodSync(path, 0o600);
    const first = statSync(path).ino;
    replaceFile(path, 'two');
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(path).ino).not.toBe(first);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('writes through a link', () => {
    writeFileSync(join(folder, 'real'), 'one');
    symlinkSync('real', join(folder, 'link'));
    replaceFile(join(folder, 'link'), 'two');
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('two');
  });

  it('leaves nothing behind where it cannot write', () => {
    mkdirSync(join(folder, 'taken'));
    expect(() => replaceFile(join(folder, 'taken'), 'x')).toThrow('EISDIR');
    expect(() => replaceFile(join(folder, 'none/a'), 'x')).toThrow('ENOENT');
    expect(readdirSync(folder)).toEqual(['taken']);
  });
});
