import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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

it('demo: leaves a folder alone that holds anything', async () => {
  const tree = workspace();
  const folder = join(tree.base, 'reports');
  mkdirSync(folder);
  writeFileSync(join(folder, 'report.html'), 'of last week');
  const { code, err } = await tree.launchgate(`demo --no-drills --keep ${folder}`);
  expect(code).toBe(2);
  expect(err).toContain('is not empty');
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toBe('of last week');
  expect(existsSync(join(folder, 'gpu-cloud'))).toBe(false);
});
