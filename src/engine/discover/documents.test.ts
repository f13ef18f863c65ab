import { describe, expect, it } from 'vitest';
import { discoverFiles } from '../../../test/discover-files.ts';

describe('documents', () => {
  it('reads workflows, rules, configuration and prose into their classes', async () => {
    const found = await discoverFiles({
      '.github/workflows/ci.yml': 'on: push\njobs: {}\n',
      '.github/dependabot.yml': 'version: 2\nupdates: []\n',
      'rules/api.yaml': 'groups:\n  - name: api\n    rules:\n      - alert: Down\n        expr: up == 0\n',
      'alertmanager.yml': 'route: { receiver: x }\nreceivers: [{ name: x }]\n',
      Dockerfile: 'FROM node:24\n',
      'README.md': '# Hello\n',
      'package.json': '{"name": "x"}',
      'settings.yaml': 'colour: green\n',
      'grafana/alerting/api.yaml':
        'apiVersion: 1\ngroups:\n  - name: api\n    rules:\n      - title: Down\n        condition: A\n        data: [{ refId: A, model: { expr: up } }]\n        annotations: { summary: "{{ $labels.job }} is down" }\n',
      'slos.yaml': 'apiVersion: openslo/v1\nkind: SLO\nmetadata: { name: a }\n',
    });
    expect(found.documents.map((document) => [document.path, document.class])).toEqual([
      ['.github/dependabot.yml', 'update-bot'],
      ['.github/workflows/ci.yml', 'github-workflow'],
      ['Dockerfile', 'dockerfile'],
      ['README.md', 'markdown'],
      ['alertmanager.yml', 'alertmanager-config'],
      ['grafana/alerting/api.yaml', 'grafana-alerting'],
      ['rules/api.yaml', 'prometheus-rules'],
      ['slos.yaml', 'slo-spec'],
    ]);
    expect(found.documents.find(({ path }) => path.endsWith('ci.yml'))).toMatchObject({ data: { on: 'push' } });
  });

  it('leaves out those in folders for tests', async () => {
    const found = await discoverFiles({ 'tests/Dockerfile': 'FROM x\n', 'testdata/rules.yml': 'groups: []\n' });
    expect(found.documents).toEqual([]);
  });

  it('says what a broken file would have been', async () => {
    const found = await discoverFiles({
      '.github/workflows/ci.yml': 'on: [push\njobs: {}\n',
      'rules.yml': 'groups:\n  - name: a\n   rules: []\n',
      'notify.yml': 'apiVersion: 1\ncontactPoints: [\n',
      'tenant.yml': 'alertmanager_config: [\n',
      'anything.yml': 'a: [1\n',
    });
    expect(found.gaps.map(({ path, hides }) => [path, hides])).toEqual([
      ['.github/workflows/ci.yml', ['github-workflow']],
      ['notify.yml', ['grafana-alerting']],
      ['rules.yml', ['prometheus-rules']],
      ['tenant.yml', ['alertmanager-config']],
    ]);
    expect(found.leftOut.map(({ path }) => path)).toEqual(['anything.yml']);
  });
});
