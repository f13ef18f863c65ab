/** Every drill, on one lab: on the platform as it should be, and on one that is broken on purpose. */
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

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.suite.ts'));
const suites = await Promise.all(
  files.map(async (file) => ({
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
