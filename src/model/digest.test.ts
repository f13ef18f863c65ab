import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, inputDigest } from './digest.ts';

test('keys are sorted at every depth by UTF-16 code units, whatever order they were written in', () => {
  const one = { b: [{ z: 1, a: null }, 'x'], a: { é: true, e: 1.5, Z: '"' } };
  const other = { a: { Z: '"', e: 1.5, é: true }, b: [{ a: null, z: 1 }, 'x'] };
  expect(canonicalJson(one)).toBe('{"a":{"Z":"\\"","e":1.5,"é":true},"b":[{"a":null,"z":1},"x"]}');
  expect(canonicalJson(other)).toBe(canonicalJson(one));
});

test('keys that an object does not keep in their place are sorted as any other', () => {
  const value = JSON.parse('{"b":{"9":1,"10":2,"-":3,"a":4,"__proto__":{"y":5,"x":6}},"a":0}') as unknown;
  expect(canonicalJson(value)).toBe('{"a":0,"b":{"-":3,"10":2,"9":1,"__proto__":{"x":6,"y":5},"a":4}}');
  expect(canonicalJson([undefined, { 2: 'b', 1: 'a' }])).toBe('[null,{"1":"a","2":"b"}]');
});

/** As RFC 8785 says it, member by member. */
function reference(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(reference).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${reference(member)}`).join(',')}}`;
}

test('any JSON value is written as member by member', () => {
  const keys = fc.oneof(
    fc.string(),
    fc.constantFrom('0', '7', '10', '010', '4294967295', 'toJSON', 'origin', '__proto__'),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
      tie('list'),
      tie('mapping'),
    ),
    list: fc.array(tie('value'), { maxLength: 4 }),
    mapping: fc.dictionary(keys, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  }));
  fc.assert(fc.property(value, (any) => canonicalJson(any) === reference(any)));
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
  const placed = {
    value: 1,
    origin: { path: 'a.yaml', document: 0, pointer: ['spec'] },
    parts: [{ hostOrigin: { path: 'b.conf', line: 4, column: 1 }, name: 'a' }],
  };
  expect(inputDigest(placed)).toBe(inputDigest({ parts: [{ name: 'a' }], value: 1 }));
  expect(inputDigest({ '1': 'a', ...placed })).toBe(inputDigest({ '1': 'a', parts: [{ name: 'a' }], value: 1 }));
});

test.each([
  ['a label', 'eu'],
  ['a mapping', { kind: 'is', value: 'eu' }],
  ['a list', ['eu']],
  ['a route', { path: '/eu', port: 80 }],
])('%s that is called origin counts', (_, origin) => {
  expect(inputDigest({ labels: { origin } })).not.toBe(inputDigest({ labels: {} }));
  expect(inputDigest({ labels: { '1': 'a', origin } })).not.toBe(inputDigest({ labels: { '1': 'a' } }));
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
