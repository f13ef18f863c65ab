import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { caughtShare, pageOf } from './mutation/page.ts';
import { mutateExample } from './mutation/run.ts';

describe('the reference platform with one thing broken', () => {
  it('is noticed by the right control in at least 95 % of cases, as published', async () => {
    const verdicts = await mutateExample();
    expect(caughtShare(verdicts)).toBeGreaterThanOrEqual(0.95);
    const published = readFileSync(new URL('../docs/mutation.md', import.meta.url), 'utf8');
    expect(pageOf(verdicts), 'run "npx node tools/mutation.ts"').toBe(published);
  }, 600_000);
});
