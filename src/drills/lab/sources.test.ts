import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changedSources, keepSources, type Sources } from './sources.ts';

const RULES = `apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: api }
spec:
  groups:
    - name: api
      rules: [{ alert: ApiDown, expr: up == 0, for: 1m }]
`;
const ROUTING = `route: { receiver: pager }
receivers:
  - name: pager
`;

let root: string;
let lab: string;
let sources: Sources;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'launchgate-sources-'));
  lab = join(root, '.launchgate', 'lab');
  mkdirSync(lab, { recursive: true });
  mkdirSync(join(root, 'old'));
  sources = { root, spec: join(root, 'launchgate.yaml'), exclude: ['old'] };
  writeFileSync(sources.spec, 'name: shop\n');
  writeFileSync(join(root, 'rules.yaml'), RULES);
  writeFileSync(join(root, 'alertmanager.yaml'), ROUTING);
  keepSources(lab, sources);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('a lab that was started from what is there now is of this version', () => {
  writeFileSync(join(root, 'notes.yaml'), 'kind: ConfigMap\n');
  writeFileSync(join(root, 'old', 'rules.yaml'), RULES.replace('name: api }', 'name: other }'));
  appendFileSync(join(root, 'rules.yaml'), '# a word about it\n');
  expect(changedSources(lab, sources)).toEqual([]);
});

test.each([
  ['the spec', 'launchgate.yaml', 'name: other\n'],
  ['alert rules or their routing', 'rules.yaml', RULES.replace('up == 0', 'up == 2')],
  ['alert rules or their routing', 'alertmanager.yaml', ROUTING.replaceAll('pager', 'nobody')],
  ['alert rules or their routing', 'more.yaml', RULES.replace('name: api }', 'name: other }')],
])('it is of another one once %s changed: %s', (what, file, text) => {
  writeFileSync(join(root, file), text);
  expect(changedSources(lab, sources)).toEqual([what]);
});

test('a lab that kept nothing is of another version', () => {
  rmSync(lab, { recursive: true });
  expect(changedSources(lab, sources)).toEqual(['the spec', 'alert rules or their routing']);
});
