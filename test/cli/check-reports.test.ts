import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sarifShape } from '../../src/report/testing/sarif-shape.ts';
import { budget, service, workspace } from './workspace.ts';

const HANGING = { 'deploy/api.yaml': service('api'), 'deploy/budget.yaml': budget('api', 'maxUnavailable: 0') };
const ONLY = 'check -c disruption-budget';

describe('check: reports beside the answer', () => {
  it('are what the format alone would print, and the exit status stays', async () => {
    const hanging = workspace(HANGING);
    const { code, out } = await hanging.launchgate(`${ONLY} --report json=a.json --report sarif=b.sarif -f junit`);
    expect(code).toBe(1);
    expect(out).toContain('<testsuites');
    for (const [format, file] of [
      ['json', 'a.json'],
      ['sarif', 'b.sarif'],
    ] as const) {
      const path = join(hanging.root, file);
      expect(readFileSync(path, 'utf8')).toBe((await hanging.launchgate(`${ONLY} -f ${format}`)).out);
      rmSync(path);
    }
  });

  it.each([
    ['pdf=a.pdf', 'Expected FORMAT=FILE with one of json, sarif, junit, markdown, html, as in sarif=out.sarif.'],
    ['sarif', 'Expected FORMAT=FILE'],
    ['sarif=nowhere/out.sarif', 'the report nowhere/out.sarif could not be written: ENOENT'],
  ])('%s is refused, in a sentence', async (written, sentence) => {
    const { code, err } = await workspace(HANGING).launchgate(`${ONLY} --report ${written}`);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
  });
});

describe('check -f sarif: as code scanning takes it', () => {
  it.each([
    ['findings', HANGING, '', 1],
    ['an empty folder', {}, '', 2],
    ['a folder that deploys nothing', { 'ci.yaml': 'a: 1\n' }, '', 2],
    ['a control without a subject', HANGING, ' -c websocket-affinity', 2],
    [
      'a chart that is not rendered',
      { 'chart/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n' },
      ' --no-render',
      2,
    ],
  ])('%s', async (_, files, more, status) => {
    const { code, out } = await workspace(files).launchgate(`check -f sarif${more}`);
    expect(code).toBe(status);
    const [run] = sarifShape.parse(JSON.parse(out)).runs;
    expect(run?.results.length).toBeGreaterThan(0);
    for (const { ruleIndex, ruleId } of run?.results ?? []) expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  });
});
