import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DENYLIST_DDL_DOWN, denylistDdl } from '@launchgate/runtime/denylist';
import { expect, test } from 'vitest';
import { MIGRATIONS } from '../../test-support/database.ts';

/** The tables of the kit's parts are the kit's to describe. Once released, a change there becomes another migration here. */
test.each([
  ['0004_denylist.up.sql', denylistDdl({ readers: ['api'], writers: ['api', 'revoker'] })],
  ['0004_denylist.down.sql', DENYLIST_DDL_DOWN],
])('%s is what the kit wants', (file, ddl) => {
  expect(
    readFileSync(join(MIGRATIONS, file), 'utf8')
      .replace(/^--.*\n/, '')
      .trim(),
  ).toBe(ddl.trim());
});
