import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { isScratch, scratchOf } from './scratch.ts';

const RUN = '0a1b2c3d4e5f';
afterEach(() => vi.unstubAllEnvs());

test('the folder of a run is its own wherever it is looked at from', () => {
  const folder = scratchOf(RUN);
  expect(folder).toBe(join(tmpdir(), `launchgate-drill-${RUN}`));
  vi.stubEnv('TMPDIR', '/somewhere/else');
  expect(isScratch(folder)).toBe(true);
});

test.each(['tmp', '/tmp//of-mine/', '/tmp/of/../mine'])(
  'a TMPDIR of %s makes one that may be noted in a journal',
  (root) => {
    vi.stubEnv('TMPDIR', root);
    expect(isScratch(scratchOf(RUN))).toBe(true);
  },
);

test.each([
  '/etc',
  '/tmp',
  `launchgate-drill-${RUN}`,
  `/tmp/launchgate-drill-${RUN}/`,
  `/tmp/launchgate-drill-${RUN}/..`,
  `/tmp/launchgate-drill-${RUN}/data`,
  `/tmp/launchgate-drill-${RUN}/../../etc`,
  `/tmp/../tmp/launchgate-drill-${RUN}`,
  `/tmp/launchgate-drill-${RUN}0`,
  '/tmp/launchgate-drill-0a1b2c3d4e5g',
  `/tmp/x-launchgate-drill-${RUN}`,
])('%s is not one', (folder) => expect(isScratch(folder)).toBe(false));
