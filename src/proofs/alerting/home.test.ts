import { describe, expect, it } from 'vitest';
import { placeRules, type RulesHome } from './home.ts';

const groups = [{ name: 'g', rules: [{ record: 'r', expr: '1' }] }];
const files = (patterns: readonly string[], folder = 'prometheus/rules/'): RulesHome => ({
  kind: 'files',
  folder,
  list: { patterns, origin: { path: 'prometheus/prometheus.yml', pointer: ['rule_files'] } },
});
const summary = (home: RulesHome): unknown[] =>
  placeRules(home, 'launchgate-x', groups, 'why').map((patch) => {
    if (patch.op === 'create-file') return patch.path;
    return patch.op === 'set' ? [patch.origin.pointer, patch.value] : patch.op;
  });

describe('new rules', () => {
  it('go where a pattern takes them in', () => {
    expect(summary(files(['rules/*.yaml']))).toEqual(['prometheus/rules/launchgate-x.yaml']);
    expect(summary(files(['rules/*.yml']))).toEqual(['prometheus/rules/launchgate-x.yml']);
    expect(summary(files(['/etc/prometheus/rules/*.yml']))).toEqual(['prometheus/rules/launchgate-x.yml']);
  });

  it('are added to the list by one pattern for all of them, behind what is there', () => {
    expect(summary(files(['rules/api.yml']))).toEqual([
      'prometheus/rules/launchgate-x.yaml',
      [['rule_files', 1], 'rules/launchgate-*.yaml'],
    ]);
    expect(summary(files([], 'prometheus/'))).toEqual([
      'prometheus/launchgate-x.yaml',
      [['rule_files', 0], 'launchgate-*.yaml'],
    ]);
  });

  it('are an object beside those of the operator, with the labels that select them', () => {
    const home: RulesHome = {
      kind: 'operator',
      namespace: 'monitoring',
      labels: { release: 'kps' },
      origin: { path: 'k8s/rules.yaml' },
    };
    expect(placeRules(home, 'launchgate-x', groups, 'why')).toMatchObject([
      {
        op: 'add-object',
        object: { metadata: { name: 'launchgate-x', namespace: 'monitoring', labels: { release: 'kps' } } },
      },
    ]);
  });

  it('are of the kind of those that are there', () => {
    const like = { apiVersion: 'operator.victoriametrics.com/v1beta1', kind: 'VMRule' };
    const home: RulesHome = {
      kind: 'operator',
      namespace: 'monitoring',
      labels: {},
      like,
      origin: { path: 'k8s/rules.yaml' },
    };
    expect(placeRules(home, 'launchgate-x', groups, 'why')).toMatchObject([{ object: { ...like, spec: { groups } } }]);
  });

  it('are a key beside those of a ConfigMap, under a name that is read, or nothing where none is', () => {
    const mounted = (patterns: readonly string[]): RulesHome => ({
      kind: 'config-map',
      dataOrigin: { path: 'k8s/prometheus.yaml', pointer: ['data'] },
      patterns,
    });
    const text = 'groups:\n  - name: g\n    rules:\n      - record: r\n        expr: "1"\n';
    expect(summary(mounted(['/etc/prometheus/*.yml']))).toEqual([[['data', 'launchgate-x.yml'], text]]);
    expect(summary(mounted(['/etc/prometheus/alerts.yml']))).toEqual([]);
  });
});
