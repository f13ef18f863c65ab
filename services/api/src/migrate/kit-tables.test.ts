import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUDIT_DDL_DOWN, auditDdl } from '@launchgate/runtime/audit';
import { DENYLIST_DDL_DOWN, denylistDdl } from '@launchgate/runtime/denylist';
import { WEBHOOK_TABLES, WEBHOOK_TABLES_DOWN } from '@launchgate/runtime/webhooks';
import { expect, test } from 'vitest';
import { MIGRATIONS } from '../../test-support/database.ts';

/** The tables of the kit's parts are the kit's to describe. Once released, a change there becomes another migration here. */
test.each([
  ['0004_denylist.up.sql', denylistDdl({ readers: ['api'], writers: ['api', 'revoker'] })],
  ['0004_denylist.down.sql', DENYLIST_DDL_DOWN],
  ['0005_webhooks.up.sql', WEBHOOK_TABLES],
  ['0005_webhooks.down.sql', WEBHOOK_TABLES_DOWN],
  ['0006_audit.up.sql', auditDdl({ readers: [], writers: ['api'] })],
  ['0006_audit.down.sql', AUDIT_DDL_DOWN],
])('%s is what the kit wants', (file, ddl) => {
  expect(readFileSync(join(MIGRATIONS, file), 'utf8')).toContain(ddl.trim());
});
