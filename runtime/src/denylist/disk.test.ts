import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDenylist } from './denylist.ts';
import { change, HandClock, handSource, until } from './test-lists.ts';

let folder = '';
let file = '';
const clock = new HandClock();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'denylist-disk-'));
  file = join(folder, 'denylist');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function written(): Promise<void> {
  const source = handSource();
  const denylist = createDenylist({ source, maxStalenessMs: 10_000, clock, snapshot: { file, everyMs: 10 } });
  await denylist.start();
  source.sink().begin().commit({ id: 0, mark: '' });
  source
    .sink()
    .apply([
      change(1, 'token', 'j1'),
      change(2, 'issued-before', '*', { issuedBefore: 5 }),
      change(3, 'subject', 'a\n"b'),
    ]);
  source.sink().confirm(clock.now());
  await denylist.stop();
}

/** A process that starts while its source is away. */
async function coldStart() {
  const denylist = createDenylist({
    source: handSource(),
    maxStalenessMs: 10_000,
    clock,
    snapshot: { file, maxAgeMs: 60_000 },
  });
  await denylist.start();
  return denylist;
}

const ANA = { jti: 'j9', sub: 'ana', iat: 9 };

describe('a cold start', () => {
  it('with a copy refuses what was revoked, and admin once the copy is too old', async () => {
    await written();
    const denylist = await coldStart();
    expect(denylist.check({ jti: 'j1', iat: 9 })?.by).toBe('token');
    expect(denylist.check({ sub: 'a\n"b', iat: 9 })?.by).toBe('subject');
    expect(denylist.check({ iat: 5 })?.by).toBe('issued-before');
    expect(denylist.decide(ANA, { admin: true }).state).toBe('allowed');
    clock.pass(10_001);
    expect(denylist.decide(ANA, { admin: true }).state).toBe('stale');
    expect(denylist.decide({ ...ANA, jti: 'j1' }, { whenStale: 'open' }).state).toBe('revoked');
    await denylist.stop();
  });

  it('without a copy refuses admin', async () => {
    const denylist = await coldStart();
    expect(denylist.decide(ANA, { admin: true }).state).toBe('stale');
    expect(denylist.status().lastError).toBeUndefined();
    await denylist.stop();
  });

  it('does not wait for a copy that is no file', { timeout: 5000 }, async () => {
    execFileSync('mkfifo', ['-m', '600', file]);
    const denylist = await coldStart();
    expect(denylist.status()).toMatchObject({ entries: 0, stale: true, lastError: `${file} is no file` });
    await denylist.stop();
  });

  it.each([
    ['a changed byte', (text: string) => text.replace('"j1"', '"j2"'), 'digest'],
    ['a cut end', (text: string) => text.slice(0, -10), 'ends'],
    ['lines after the digest', (text: string) => `${text}["token","x",9]\n`, 'goes on'],
    ['an empty file', () => '', 'ends before'],
    ['another file', () => 'hello\n', 'JSON'],
    ['a line without end', () => 'x'.repeat(100_000), 'longer'],
  ])('ignores a copy with %s, and says so', async (_what, spoil, words) => {
    await written();
    writeFileSync(file, spoil(readFileSync(file, 'utf8')));
    const denylist = await coldStart();
    expect(denylist.decide(ANA, { admin: true }).state).toBe('stale');
    expect(denylist.status().entries).toBe(0);
    expect(denylist.status().lastError).toContain(words);
    await denylist.stop();
  });

  it('ignores a copy that is too old, from the future, readable by others, or a link', async () => {
    await written();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    clock.pass(60_001);
    const old = await coldStart();
    expect(old.status()).toMatchObject({ entries: 0, lastError: expect.stringContaining('old') as string });
    clock.pass(-120_000);
    const future = await coldStart();
    expect(future.status().lastError).toContain('future');
    clock.pass(60_000);
    chmodSync(file, 0o644);
    const open = await coldStart();
    expect(open.status().lastError).toContain('0600');
    chmodSync(file, 0o600);
    symlinkSync(file, join(folder, 'link'));
    file = join(folder, 'link');
    const link = await coldStart();
    expect(link.status()).toMatchObject({ entries: 0, lastError: expect.stringContaining('ELOOP') as string });
    for (const one of [old, future, open, link]) await one.stop();
  });
});

it('a folder that cannot be written is reported and stops nothing', async () => {
  const source = handSource();
  const snapshot = { file: join(folder, 'missing', 'denylist'), everyMs: 10 };
  const denylist = createDenylist({ source, maxStalenessMs: 10_000, clock, snapshot });
  await denylist.start();
  source.sink().begin().commit({ id: 0, mark: '' });
  source.sink().confirm(clock.now());
  await until(() => denylist.status().lastError !== undefined, 'the failure');
  expect(denylist.decide(ANA, { admin: true }).state).toBe('allowed');
  await denylist.stop();
});
