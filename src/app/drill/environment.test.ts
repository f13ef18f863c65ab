import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { needs } from '../../../test/need.ts';
import { startPostgres } from '../../../test/servers/postgres.ts';
import { postgresIdentity } from '../../drills/targets/environment/identity.ts';
import type { Policy } from '../../model/policy.ts';
import { specSchema } from '../../model/spec.ts';
import { openEnvironment } from './environment.ts';

const spec = specSchema.parse({
  apiVersion: 'launchgate/v1',
  kind: 'Platform',
  name: 'shop',
  environments: [
    { name: 'staging', kind: 'staging' },
    { name: 'production', kind: 'production' },
  ],
  stores: [{ name: 'orders', kind: 'postgres' }],
});

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

test.skipIf(!needs('psql'))(
  'a database that is enrolled for another environment is refused',
  { timeout: 60_000 },
  async () => {
    const server = await startPostgres();
    ends.push(() => server.stop());
    const folder = mkdtempSync(join(tmpdir(), 'launchgate-environment-'));
    ends.push(() => rmSync(folder, { recursive: true }));
    const settings = join(folder, 'staging.yaml');
    writeFileSync(join(folder, 'orders.url'), server.url);
    const document = {
      identity: { account: { command: ['echo', '42'] } },
      databases: { orders: { url: { file: 'orders.url' } }, gone: { url: { file: 'no.url' } } },
    };
    writeFileSync(settings, stringify(document), { mode: 0o600 });
    const database = await postgresIdentity(server.url);
    const open = (environment: string) => {
      const request = { project: { root: folder }, target: 'staging', env: { LAUNCHGATE_TARGET_STAGING: settings } };
      const targets = [
        { environment: 'staging', identities: ['account:42'] },
        { environment, identities: [database] },
      ];
      return openEnvironment(request as never, spec, { targets } as unknown as Policy);
    };
    await expect(open('production')).rejects.toThrow(
      `what answers as database orders of staging is ${database}, which is enrolled for production`,
    );
    expect((await open('staging')).target.environment).toBe('staging');
  },
);
