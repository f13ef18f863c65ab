/**
 * Against exchanges that were written after the API reference of Elasticsearch 8.12, whose answers OpenSearch shares: neither server can be installed where
 * the tests run, and none was there to record.
 */
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { startExchanges, type Exchanges } from '../../../../test/servers/exchanges.ts';
import { searchBackups } from './index.ts';

describe('snapshots, against exchanges after the API reference', () => {
  let exchanges: Exchanges | undefined;
  afterEach(() => exchanges?.stop());

  async function opened(name: string) {
    exchanges = await startExchanges(join(import.meta.dirname, 'exchanges', `${name}.json`));
    const before = () => Promise.reject(new RangeError('the environment notes what is to be undone'));
    return searchBackups({
      use: { signal: AbortSignal.timeout(60_000), undo: { before }, run: 'recorded', scratch: '/nowhere' },
      endpoint: { url: new URL(exchanges.url), authorization: 'ApiKey recorded' },
      repository: 'backups',
      indices: '*,-.*',
    });
  }

  test('are taken, restored under other names, compared, and all of it removed', async () => {
    const store = await opened('healthy');
    expect(await store.serving()).toBe(1);
    const before = await store.census();
    await store.take('snapshot');
    expect([(await store.mark()).number, (await store.mark()).number]).toEqual([1, 2]);
    const found = await store.inspect('snapshot');
    expect(found).toMatchObject({ backups: 2, plain: [], faults: [] });
    // Who may enter the repository, the cluster does not know.
    expect(found.exposed).toBeUndefined();
    const restored = await store.restore('snapshot', undefined);
    expect(await restored.contents()).toEqual(before);
    expect(before).toEqual({ 'orders-2026.10': { rows: 1200 }, 'orders-2026.11': { rows: 431 } });
    expect(await restored.faults()).toEqual([]);
    await store.clear();
    expect(exchanges!.unmet()).toEqual([]);
  });

  test('that are partial, whose repository a node does not reach, and one shard of which does not come back', async () => {
    const store = await opened('broken');
    const found = await store.inspect('snapshot');
    expect(found.backups).toBe(1);
    expect(found.plain).toEqual(['repository backups']);
    expect(found.faults).toEqual([
      'the newest snapshot is PARTIAL (nightly-2026.11.28): orders-2026.11: IndexShardSnapshotFailedException[Failed to snapshot]',
      'the search cluster refuses POST /_snapshot/backups/_verify: 500 [backups] [[search-1, access denied]]',
    ]);
    await expect(store.take('snapshot')).rejects.toThrow('the snapshot is PARTIAL');
    await expect(store.restore('snapshot', undefined)).rejects.toThrow(
      '1 of 2 shards of nightly-2026.11.20 were not restored',
    );
    expect(exchanges!.unmet()).toEqual([]);
  });
});
