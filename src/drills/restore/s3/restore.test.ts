/**
 * Against exchanges that were recorded from moto 5.2.1, which answers as S3 does: no S3 server can be installed where the tests run. It replicates
 * nothing, so that a program did in its place, and lets anybody list a bucket, so that the refusal is the API reference's.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startExchanges, type Exchanges } from '../../../../test/servers/exchanges.ts';
import { s3Backups, type S3Place } from './index.ts';

/** Nobody asks for them but the server that is recorded. */
const credentials = {
  accessKey: process.env['AWS_ACCESS_KEY_ID'] ?? 'recorded',
  secretKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? 'recorded',
};

describe('a bucket, against recorded exchanges', () => {
  let scratch: string;
  let exchanges: Exchanges | undefined;
  beforeEach(() => (scratch = mkdtempSync(join(tmpdir(), 'launchgate-bucket-'))));
  afterEach(() => {
    exchanges?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  async function opened(name: string) {
    exchanges = await startExchanges(join(import.meta.dirname, 'exchanges', `${name}.json`));
    const url = new URL(exchanges.url);
    const place = (bucket: string): S3Place => ({ url, region: 'us-east-1', credentials, bucket, prefix: '' });
    const before = () => Promise.reject(new RangeError('the environment notes what is to be undone'));
    return s3Backups({
      use: { signal: AbortSignal.timeout(60_000), undo: { before }, run: 'recorded', scratch },
      original: place('artifacts'),
      replica: place('artifacts-replica'),
      into: place('drill-restores'),
      patienceMs: 0,
    });
  }

  test('comes back from its replica object by object, whatever their names', async () => {
    const store = await opened('healthy');
    expect(await store.serving()).toBe(1);
    const before = await store.census();
    await store.take('replica');
    const marker = await store.mark();
    await exchanges!.settle();
    expect(await store.inspect('replica')).toEqual({
      backups: 1,
      ageSeconds: 0,
      shippedWithin: 900,
      exposed: [],
      plain: [],
      faults: [],
    });
    const restored = await store.restore('replica', undefined);
    expect(restored.markers).toEqual([marker.number]);
    expect(await restored.contents()).toEqual(before);
    expect(Object.keys(before)).toEqual(["a b/ü+'(1)*.txt", 'empty', 'images/one.bin', 'images/two.bin']);
    expect(await restored.faults()).toEqual([]);
    await store.clear();
    expect(exchanges!.unmet()).toEqual([]);
  });

  test('whose replica lacks one object, and gives another one back changed', async () => {
    const store = await opened('lost');
    const before = await store.census();
    await store.mark();
    await exchanges!.settle();
    const { ageSeconds } = await store.inspect('replica');
    // It is as old as what is missing.
    expect(ageSeconds).toBeGreaterThan(0);
    const restored = await store.restore('replica', undefined);
    const [after, faults] = [await restored.contents(), await restored.faults()];
    // A byte of it was changed in the recording.
    expect(faults).toEqual(['images/two.bin is not what its ETag says']);
    expect(after['empty']).toBeUndefined();
    expect(after['images/one.bin']).toEqual(before['images/one.bin']);
    expect(after['images/two.bin']).not.toEqual(before['images/two.bin']);
    expect(exchanges!.unmet()).toEqual([]);
  });

  test('whose replication was switched off, and whose replica anybody may read', async () => {
    const store = await opened('broken');
    const before = await store.census();
    const found = await store.inspect('replica');
    expect(found.faults).toEqual(['no rule in force replicates artifacts to artifacts-replica']);
    expect(found.exposed).toEqual(['artifacts-replica, which answers anybody']);
    expect(found.plain).toEqual(['images/one.bin']);
    expect(found.ageSeconds).toBeGreaterThan(0);
    await store.mark();
    await expect(store.restore('replica', undefined)).rejects.toThrow(
      'it cannot be told whether anything is replicated to it now',
    );
    expect(Object.keys(before)).toContain('images/two.bin');
    expect(exchanges!.unmet()).toEqual([]);
  });
});
