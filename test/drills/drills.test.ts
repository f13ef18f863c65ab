/**
 * Drills on one lab: on the platform as it should be, and on one that is broken on purpose. `npm test` runs those of {@link QUICK}, which take
 * some minutes together; `npm run test:full` runs all.
 */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { findProgram } from '../../src/drills/lab/run/programs.ts';
import { needs } from '../need.ts';
import { startDrillLab, type DrillLab } from './drill-lab.ts';

const LONG = 300_000;
const SERVERS = ['pgbackrest', 'redis-server', 'nats-server', 'nginx', 'mariadbd', 'rsyslogd', 'prometheus'];
const able = SERVERS.map(needs).every(Boolean) && findProgram('postgres') !== undefined;

/** What a `*.suite.ts` in this folder exports. */
interface Suite {
  readonly suite: (lab: () => DrillLab) => void;
}

const QUICK = ['channel-segregation', 'data-failover', 'disruption-budget', 'kills'];

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.suite.ts'));
const wanted = files.filter((file) => isFull() || QUICK.includes(basename(file, '.suite.ts')));
const suites = await Promise.all(
  wanted.map(async (file) => ({
    name: basename(file, '.suite.ts'),
    ...((await import(join(import.meta.dirname, file))) as Suite),
  })),
);

describe.skipIf(!able)('drills', () => {
  let started: DrillLab | undefined;

  beforeAll(async () => {
    started = await startDrillLab();
  }, LONG);
  afterAll(async () => {
    await started?.stop();
  }, LONG);

  for (const { name, suite } of suites) describe(name, () => suite(() => started!));
});

function isFull(): boolean {
  return process.env['LAUNCHGATE_TEST_FULL'] === '1';
}
