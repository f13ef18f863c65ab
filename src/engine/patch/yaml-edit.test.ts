import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
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
