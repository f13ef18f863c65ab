/** The drill of restores in an environment, against exchanges that were written after the API reference of Elasticsearch 8.12. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { startExchanges, type Exchanges } from '../../../../test/servers/exchanges.ts';
import { drill } from '../../../controls/restore/drill.ts';
import { specSchema } from '../../../model/spec.ts';
import { rehearse } from '../../run/rehearse.ts';
import { environmentTarget } from './index.ts';
import { readSettings } from './settings.ts';

const spec = specSchema.parse({
  apiVersion: 'launchgate/v1',
  kind: 'Platform',
  name: 'shop',
  environments: [{ name: 'staging', kind: 'staging' }],
});
const RUN = { recorded: 'launchgate-drill-recorded', now: /launchgate-drill-[0-9a-f]{12}/, moment: '1795834802000' };

describe('snapshots of a search cluster, against exchanges after the API reference', () => {
  let folder: string;
  let exchanges: Exchanges;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'launchgate-restore-'))));
  afterEach(() => {
    exchanges.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function rehearsed(name: string) {
    exchanges = await startExchanges(join(import.meta.dirname, `../../restore/snapshots/exchanges/${name}.json`), RUN);
    const file = join(folder, 'staging.yaml');
    const search = { url: exchanges.url, repository: 'backups' };
    const identity = { account: { command: ['echo', '1'] } };
    writeFileSync(file, stringify({ identity, backups: { catalog: { search } } }), { mode: 0o600 });
    const settings = readSettings('staging', file, {});
    const parameters = { markers: 2, everyMs: 1, take: true };
    const input = {
      name: 'catalog',
      kind: 'elasticsearch',
      rpo: '24h',
      rto: '1h',
      encrypted: true,
      riskNote: undefined,
      within: undefined,
      scheduled: true,
      declared: true,
    } as const;
    const params = { maxBaseAge: '8d', invariants: [], smoke: [] };
    const subject = { id: 'store/catalog', kind: 'store', name: 'catalog', input, params } as const;
    const { runs } = drill.plan({ subjects: [subject], parameters, spec });
    const target = environmentTarget('staging', 'account:1', spec, settings);
    return rehearse(
      { control: 'restore', summary: 'of a catalog', blastRadius: 'none', parameters, rehearsal: runs[0]! },
      { target, drills: join(folder, 'drills'), signal: AbortSignal.timeout(60_000) },
    );
  }

  test('a whole one passes, and nothing is left', { timeout: 60_000 }, async () => {
    const record = await rehearsed('drill');
    expect(record.because).toBeUndefined();
    expect(record.outcome).toBe('pass');
    expect(record.faults.map(({ undo }) => undo)).toContain('remove what the drill made in catalog of staging');
    expect(exchanges.unmet()).toEqual([]);
  });

  test('a document too few fails', { timeout: 60_000 }, async () => {
    const record = await rehearsed('drill-lost');
    expect(record.because).toContain('orders-2026.11 has 430 rows instead of 431');
    expect(record.outcome).toBe('fail');
    expect(exchanges.unmet()).toEqual([]);
  });
});
