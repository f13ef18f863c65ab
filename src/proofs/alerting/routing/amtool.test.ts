import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { needs } from '../../../../test/need.ts';
import { anyConfig, anyLabels, changedConfigs } from './configs.testkit.ts';
import { Patterns } from './matcher.ts';
import { readConfig } from './read/config.ts';
import { routeLabels } from './route.ts';

/** The same questions to Alertmanager's own tool: whether it takes a configuration, and to whom it routes. */
const run = promisify(execFile);
const SEED = 20_250_301;
const AT_ONCE = 4;

describe.runIf(needs('amtool'))('agreement with amtool', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'launchgate-amtool-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('on the receivers of generated alerts', { timeout: 60_000 }, async () => {
    const cases = fc.sample(fc.tuple(anyConfig, anyLabels), { numRuns: 400, seed: SEED });
    const different: unknown[] = [];
    let routed = 0;
    await inParallel(cases, async ([config, labels], index) => {
      const theirs = await receiversByAmtool(write(folder, index, config), labels);
      const ours = receivers(config, labels);
      routed += Number(ours.length > 1 || ours[0] !== 'root');
      if (ours.join(',') !== theirs)
        different.push({ config: JSON.stringify(config), labels, ours: ours.join(','), theirs });
    });
    expect(different).toEqual([]);
    expect(routed, 'most cases must say something').toBeGreaterThan(150);
  });

  test('on what is a valid configuration', { timeout: 60_000 }, async () => {
    const cases = [...changedConfigs(SEED), ...changedConfigs(SEED + 1)];
    const files = cases.map((config, index) => write(folder, 1000 + index, config));
    const refusedByThem = await refusedByAmtool(files);
    const different = cases.flatMap((config, index) => {
      const ours = 'refused' in readConfig(config, { path: 'a.yml' }, 'classic');
      return ours === refusedByThem[index]
        ? []
        : [{ config: JSON.stringify(config), ours, theirs: refusedByThem[index] }];
    });
    expect(different).toEqual([]);
    const refused = refusedByThem.filter(Boolean).length;
    expect(Math.min(refused, cases.length - refused), 'both kinds must occur').toBeGreaterThan(50);
  });
});

function write(folder: string, index: number, config: unknown): string {
  const path = join(folder, `${index}.yml`);
  writeFileSync(path, stringify(config));
  return path;
}

function receivers(config: unknown, labels: Readonly<Record<string, string>>): string[] {
  const read = readConfig(config, { path: 'a.yml' }, 'classic');
  if ('refused' in read) throw new Error(`${read.refused.because}: ${JSON.stringify(config)}`);
  return routeLabels(read.value.root, labels, new Patterns()).map(({ receiver }) => receiver);
}

async function receiversByAmtool(path: string, labels: Readonly<Record<string, string>>): Promise<string> {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const { stdout } = await run('amtool', ['config', 'routes', 'test', `--config.file=${path}`, ...pairs]);
  return stdout.trim();
}

/** One process for all files; it says SUCCESS or FAILED for each. */
async function refusedByAmtool(files: readonly string[]): Promise<boolean[]> {
  const { stdout } = await run('amtool', ['check-config', ...files], { maxBuffer: 1 << 26 }).catch(
    (error: { stdout: string }) => error,
  );
  const verdicts = new Map(
    [...stdout.matchAll(/^Checking '([^']+)'\s+(SUCCESS|FAILED)/gm)].map(([, path = '', verdict]) => [path, verdict]),
  );
  return files.map((path) => verdicts.get(path) === 'FAILED');
}

async function inParallel<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  const queue = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
