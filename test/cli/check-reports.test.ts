import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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
