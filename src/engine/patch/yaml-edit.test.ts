import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { LaunchgateError } from '../../model/errors.ts';
import { removeFromYaml, setInYaml } from './yaml-edit.ts';

const source = `# who owns this
spec:
  replicas: 2 # two is enough
  strategy: { type: RollingUpdate }
  template:
    containers:
    - name: api
      image: "api:1"
    - name: proxy
---
kind: Second
`;

describe('setInYaml', () => {
  it('replaces a scalar and keeps the comment behind it', () => {
    expect(setInYaml(source, 0, ['spec', 'replicas'], 3)).toBe(source.replace('replicas: 2', 'replicas: 3'));
  });

  it('adds to a flow mapping', () => {
    expect(setInYaml(source, 0, ['spec', 'strategy', 'rollingUpdate'], { maxSurge: 1 })).toContain(
      'strategy: { type: RollingUpdate, rollingUpdate: { maxSurge: 1 } }',
    );
  });

  it('adds a nested mapping to a list item at its indentation', () => {
    const changed = setInYaml(source, 0, ['spec', 'template', 'containers', 0, 'resources', 'limits', 'memory'], '1Gi');
    expect(changed).toContain(
      '      image: "api:1"\n      resources:\n        limits:\n          memory: 1Gi\n    - name: proxy',
    );
  });

  it('extends a list', () => {
    expect(setInYaml(source, 0, ['spec', 'template', 'containers', 2], { name: 'log' })).toContain(
      '    - name: proxy\n    - name: log\n---',
    );
  });

  it('touches the document that is meant', () => {
    expect(setInYaml(source, 1, ['kind'], 'Third')).toBe(source.replace('Second', 'Third'));
  });

  it('replaces a collection by a collection', () => {
    const changed = setInYaml(source, 0, ['spec', 'template'], { containers: [] });
    expect(parse(changed.split('---')[0] ?? '')).toMatchObject({ spec: { replicas: 2, template: { containers: [] } } });
  });

  it('gives a key without a value all that is below it', () => {
    expect(setInYaml('a:\n  empty:\n  b: 1\n', 0, ['a', 'empty', 'deep', 'x'], true)).toBe(
      'a:\n  empty:\n    deep:\n      x: true\n  b: 1\n',
    );
    expect(setInYaml('a: { empty: null }\n', 0, ['a', 'empty', 'x'], true)).toBe('a: { empty: { x: true } }\n');
    expect(setInYaml('replicas:\nb: 1\n', 0, ['replicas'], 3)).toBe('replicas: 3\nb: 1\n');
    expect(() => setInYaml('empty: # on purpose\nb: 1\n', 0, ['empty', 'x'], 1)).toThrow(/a comment behind its value/);
  });

  it('a comment behind a value is not lost', () => {
    expect(() => setInYaml('a: ~ # on purpose\nb: 1\n', 0, ['a', 'x'], 1)).toThrow(/a comment behind its value/);
    const list = 'a: [\n  1, # one\n  2 # two\n]\n';
    expect(() => removeFromYaml(list, 0, ['a', 1])).toThrow(/a comment stands between/);
  });

  it('strings that YAML 1.1 takes for something else are quoted', () => {
    expect(setInYaml('a: 1\n', 0, ['labels'], { legacy: 'on', build: '1_000' })).toBe(
      'a: 1\nlabels:\n  legacy: "on"\n  build: "1_000"\n',
    );
    expect(setInYaml('a: { b: 1 }\n', 0, ['a', 'c'], 'no')).toBe('a: { b: 1, c: "no" }\n');
  });

  it('does not change what an alias stands for', () => {
    const text = 'a: &shared { x: 1 }\nb: *shared\n';
    expect(() => setInYaml(text, 0, ['b', 'y'], 2)).toThrow(/^b is an alias/);
    expect(() => removeFromYaml(text, 0, ['b', 'x'])).toThrow(LaunchgateError);
  });

  it('refuses a place below a scalar', () => {
    expect(() => setInYaml('a: text\n', 0, ['a', 'b'], 2)).toThrow(LaunchgateError);
  });

  it('counts empty documents as the reader does', () => {
    expect(setInYaml('---\n---\nkind: A\n---\nkind: B\n', 1, ['kind'], 'C')).toBe('---\n---\nkind: C\n---\nkind: B\n');
  });

  it('adds to a flow list without a space that was not there', () => {
    expect(setInYaml('a: [x]\nb: [ x ]\n', 0, ['a', 1], 'z')).toBe('a: [x, z]\nb: [ x ]\n');
    expect(setInYaml('a: [ x ]\n', 0, ['a', 1], 'z')).toBe('a: [ x, z ]\n');
  });

  it('either makes exactly the change or refuses', () => {
    fc.assert(
      fc.property(fc.constantFrom('replicas', 'strategy', 'template', 'added'), fc.jsonValue(), (key, value) => {
        let changed: string;
        try {
          changed = setInYaml(source, 0, ['spec', key], value);
        } catch {
          return;
        }
        const plain = JSON.parse(JSON.stringify(parse(changed.split('\n---\n')[0] ?? ''))) as {
          spec: Record<string, unknown>;
        };
        expect(plain.spec[key]).toEqual(JSON.parse(JSON.stringify(value)));
        expect(changed).toContain('# who owns this');
      }),
    );
  });
});

describe('removeFromYaml', () => {
  it('cuts a pair out with its line', () => {
    expect(removeFromYaml(source, 0, ['spec', 'replicas'])).toBe(
      source.replace('  replicas: 2 # two is enough\n', '').replace('spec:\n  strategy', 'spec:\n  strategy'),
    );
  });

  it.each([
    [['a'], 'x: { b: 2, c: [1, 2] }'],
    [['b'], 'x: { a: 1, c: [1, 2] }'],
    [['c'], 'x: { a: 1, b: 2 }'],
    [['c', 1], 'x: { a: 1, b: 2, c: [1] }'],
    [['c', 0], 'x: { a: 1, b: 2, c: [2] }'],
  ])('cuts %s out of a flow collection', (path, expected) => {
    expect(removeFromYaml('x: { a: 1, b: 2, c: [1, 2] }\n', 0, ['x', ...path])).toBe(`${expected}\n`);
  });

  it('cuts a list item out', () => {
    expect(removeFromYaml(source, 0, ['spec', 'template', 'containers', 1])).not.toContain('proxy');
  });
});
