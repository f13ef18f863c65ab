import { describe, expect, it } from 'vitest';
import type { Pointer } from '../../model/origin.ts';
import { removeFromYaml, setInYaml } from './yaml-edit.ts';

const MAPPING = 'a: &x\n  k: 1\n  l: 2\nb: *x\n';
const SCALAR = 'a: &x 1\nb: *x\nc: 3\n';

describe('what an anchor marks and an alias repeats', () => {
  it.each<[string, string, Pointer]>([
    ['the value itself', SCALAR, ['a']],
    ['a value in it', MAPPING, ['a', 'k']],
    ['a key that is new in it', MAPPING, ['a', 'm']],
    ['what holds it', 'top:\n  a: &x 1\nb: *x\n', ['top']],
  ])('is not set: %s', (_, text, pointer) => {
    expect(() => setInYaml(text, 0, pointer, 0)).toThrow(/the anchor &x marks, and its aliases would change too/);
  });

  it.each<[string, string, Pointer]>([
    ['the value itself', SCALAR, ['a']],
    ['a value in it', MAPPING, ['a', 'k']],
  ])('is not removed: %s', (_, text, pointer) => {
    expect(() => removeFromYaml(text, 0, pointer)).toThrow(/the anchor &x marks/);
  });
});

describe('anchors do not stand in the way', () => {
  it('of what lies beside them', () => {
    expect(setInYaml(SCALAR, 0, ['c'], 4)).toBe(SCALAR.replace('c: 3', 'c: 4'));
  });

  it('without an alias', () => {
    expect(setInYaml('a: &x\n  k: 1\n', 0, ['a', 'k'], 2)).toBe('a: &x\n  k: 2\n');
  });

  it('where the only alias is changed along with it, or another anchor has taken the name', () => {
    expect(removeFromYaml('top:\n  a: &x 1\n  b: *x\nc: 3\n', 0, ['top'])).toBe('c: 3\n');
    expect(setInYaml('a: &x 1\nb: &x 2\nc: *x\n', 0, ['a'], 0)).toBe('a: &x 0\nb: &x 2\nc: *x\n');
  });

  it('an alias gives way to a value of its own', () => {
    expect(setInYaml(SCALAR, 0, ['b'], 2)).toBe('a: &x 1\nb: 2\nc: 3\n');
  });
});
