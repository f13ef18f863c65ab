import { expect, test } from 'vitest';
import { canonicalJson, inputDigest } from './digest.ts';

test('keys are sorted at every depth by UTF-16 code units, whatever order they were written in', () => {
  const one = { b: [{ z: 1, a: null }, 'x'], a: { é: true, e: 1.5, Z: '"' } };
  const other = { a: { Z: '"', e: 1.5, é: true }, b: [{ a: null, z: 1 }, 'x'] };
  expect(canonicalJson(one)).toBe('{"a":{"Z":"\\"","e":1.5,"é":true},"b":[{"a":null,"z":1},"x"]}');
  expect(canonicalJson(other)).toBe(canonicalJson(one));
});

test('the object itself keeps its order', () => {
  const value = { b: 1, a: 2 };
  canonicalJson(value);
  expect(Object.keys(value)).toEqual(['b', 'a']);
});

test('members that are undefined are dropped, items are null', () => {
  expect(canonicalJson({ a: undefined, b: [undefined, 1] })).toBe('{"b":[null,1]}');
});

test('where a value stood is no part of its digest', () => {
  const placed = { value: 1, origin: { line: 3 }, parts: [{ origin: { line: 4 }, name: 'a' }] };
  expect(inputDigest(placed)).toBe(inputDigest({ parts: [{ name: 'a' }], value: 1 }));
});

test.each([
  ['a map', new Map()],
  ['a set', new Set()],
  ['a function', () => 1],
  ['a bigint', 1n],
  ['NaN', Number.NaN],
])('%s is refused', (_name, value) => {
  expect(() => canonicalJson({ value })).toThrow(TypeError);
});
