import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { workspace } from './workspace.ts';

it('demo: NO-GO before and after the first hour, fewer findings, a report, exit 0', async () => {
  const tree = workspace();
  const { code, out } = await tree.launchgate(`demo --no-drills --keep ${join(tree.base, 'demo')}`);
  expect(code).toBe(0);
  expect(out.match(/NO-GO/g)?.length).toBe(2);
  const [, before, after] = /(\d+) findings became (\d+)/.exec(out) ?? [];
  expect(Number(after)).toBeLessThan(Number(before));
  const page = readFileSync(join(tree.base, 'demo/report.html'), 'utf8');
  expect(page).toMatch(/^<!doctype html>/i);
  expect(page).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)="https?:/);
  expect(existsSync(tree.home)).toBe(false);
  expect((await tree.launchgate(`demo --keep ${join(tree.base, 'demo')}`)).code).toBe(2);
});
