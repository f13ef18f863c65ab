import { expect, test } from 'vitest';
import type { Deployable } from '../../model/platform.ts';
import { checkReportJsonSchema, checkReportSchema, decisionJsonSchema } from '../schema.ts';
import { checkReportOf, hostileRow, sampleCheck } from '../testing/check-report.ts';
import { renderCheckJson } from './json.ts';

test('the sample', async () => {
  await expect(renderCheckJson(sampleCheck)).toMatchFileSnapshot('../__snapshots__/check.json.snap');
});

test('round-trips through the published schema', () => {
  const report = checkReportOf([hostileRow, ...sampleCheck.findings]);
  const parsed: unknown = JSON.parse(renderCheckJson(report));
  expect(checkReportSchema.strict().parse(parsed).findings).toEqual(report.findings);
});

test.each([
  ['breaks', sampleCheck],
  ['unknown', checkReportOf([], { unread: [] })],
] as const)('says its verdict: %s', (verdict, report) => {
  expect(JSON.parse(renderCheckJson(report))).toMatchObject({ verdict });
});

test('member order does not depend on how the report was put together', () => {
  const shuffled = Object.fromEntries(Object.entries(sampleCheck).toReversed()) as unknown as typeof sampleCheck;
  expect(renderCheckJson(shuffled)).toBe(renderCheckJson(sampleCheck));
});

test('inline values of a release stay at home: they may hold secrets', () => {
  const deployable: Deployable = {
    id: 'helm:charts/api',
    renderer: 'helm',
    path: 'charts/api',
    sources: [],
    declaredBy: 'argocd/api.yaml',
    helm: { release: 'api', valuesFiles: [], values: { password: 'hunter2' } },
  };
  expect(renderCheckJson(checkReportOf([], { deployables: [deployable] }))).not.toContain('hunter2');
});

test('the schemas are objects that accept members of later versions', () => {
  for (const schema of [checkReportJsonSchema(), decisionJsonSchema()]) {
    expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' });
    expect(JSON.stringify(schema)).not.toContain('"additionalProperties":false');
  }
});
