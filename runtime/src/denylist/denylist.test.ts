import { describe, expect, it, vi } from 'vitest';
import { createDenylist } from './denylist.ts';
import { change, HandClock, handSource } from './test-lists.ts';
import { systemClock, type Change } from './types.ts';

const CLAIMS = { jti: 'j1', sub: 'ana', sid: 's1', tenant: 't1', kid: 'k1', iat: 1000 };

async function listOf(changes: readonly Change[], clock = new HandClock()) {
  const source = handSource();
  const metrics = { rejected: vi.fn(), refusedStale: vi.fn(), asOf: vi.fn() };
  const denylist = createDenylist({ source, maxStalenessMs: 10_000, clock, metrics });
  await denylist.start();
  source.sink().begin().commit({ id: 0, mark: '' });
  source.sink().apply(changes);
  source.sink().confirm(clock.now());
  return { denylist, sink: source.sink(), clock, metrics };
}

describe('what is refused', () => {
  it.each([
    ['token', 'j1'],
    ['subject', 'ana'],
    ['session', 's1'],
    ['tenant', 't1'],
    ['key', 'k1'],
  ] as const)('by %s', async (kind, value) => {
    const { denylist } = await listOf([change(7, kind, value)]);
    expect(denylist.check(CLAIMS)).toEqual({ by: kind, id: 7 });
    expect(denylist.check({ ...CLAIMS, jti: 'x', sub: 'x', sid: 'x', tenant: 'x', kid: 'x' })).toBeUndefined();
  });

  it('does not mix the kinds up', async () => {
    const { denylist } = await listOf([change(1, 'token', 'ana'), change(2, 'subject', 'j1')]);
    expect(denylist.check(CLAIMS)).toBeUndefined();
  });

  it.each([
    ['issued-before', '*'],
    ['subject-issued-before', 'ana'],
    ['tenant-issued-before', 't1'],
  ] as const)('by %s, the very second included', async (kind, value) => {
    const { denylist } = await listOf([change(1, kind, value, { issuedBefore: 1000 })]);
    expect(denylist.check({ ...CLAIMS, iat: 999 })).toEqual({ by: kind, id: 1 });
    expect(denylist.check({ ...CLAIMS, iat: 1000 })).toEqual({ by: kind, id: 1 });
    expect(denylist.check({ ...CLAIMS, iat: 1000.9 })).toEqual({ by: kind, id: 1 });
    expect(denylist.check({ ...CLAIMS, iat: 1001 })).toBeUndefined();
  });

  it.each([undefined, null, '1001', NaN, Infinity])(
    'a token whose iat is %s cannot show that it is younger',
    async (iat) => {
      const { denylist } = await listOf([change(1, 'issued-before', '*', { issuedBefore: 1000 })]);
      expect(denylist.check({ ...CLAIMS, iat })).toEqual({ by: 'issued-before', id: 1 });
    },
  );

  it('a claim of another type is no way around', async () => {
    const { denylist } = await listOf([change(1, 'subject', '42')]);
    expect(denylist.check({ ...CLAIMS, sub: 42 })).toEqual({ by: 'subject', id: 1 });
    for (const sub of [['42'], { id: '42' }, true])
      expect(denylist.check({ ...CLAIMS, sub })).toEqual({ by: 'malformed', id: 0 });
  });

  it('keeps refusing until the last entry for a value is lifted', async () => {
    const { denylist, sink } = await listOf([change(1, 'token', 'j1'), change(2, 'token', 'j1')]);
    sink.apply([change(3, 'token', 'j1', { lifts: 1 })]);
    expect(denylist.check(CLAIMS)).toEqual({ by: 'token', id: 2 });
    sink.apply([change(4, 'token', 'j1', { lifts: 2 })]);
    expect(denylist.check(CLAIMS)).toBeUndefined();
    expect(denylist.status().entries).toBe(0);
  });

  it('falls back to the earlier watermark when the later one is lifted', async () => {
    const { denylist, sink } = await listOf([
      change(1, 'issued-before', '*', { issuedBefore: 500 }),
      change(2, 'issued-before', '*', { issuedBefore: 2000 }),
    ]);
    sink.apply([change(3, 'issued-before', '*', { issuedBefore: 2000, lifts: 2 })]);
    expect(denylist.check({ ...CLAIMS, iat: 501 })).toBeUndefined();
    expect(denylist.check({ ...CLAIMS, iat: 500 })).toEqual({ by: 'issued-before', id: 1 });
  });

  it('ignores what it has read already, in whatever order it comes again', async () => {
    const { denylist, sink } = await listOf([change(1, 'token', 'j1'), change(2, 'token', 'j1', { lifts: 1 })]);
    sink.apply([change(1, 'token', 'j1')]);
    expect(denylist.check(CLAIMS)).toBeUndefined();
  });
});

describe('admin tokens', () => {
  it.each([
    { jti: undefined },
    { jti: '' },
    { jti: 7 },
    { jti: 'x'.repeat(513) },
    { iat: undefined },
    { iat: -1 },
    { iat: '1' },
  ])('are refused with %o', async (fault) => {
    const { denylist } = await listOf([]);
    expect(denylist.decide({ ...CLAIMS, ...fault }, { admin: true }).state).toBe('malformed');
    expect(denylist.decide(CLAIMS, { admin: true })).toEqual({ state: 'allowed' });
  });
});

describe('age', () => {
  it('beyond the bound admin is refused whatever the policy, others by theirs', async () => {
    const { denylist, clock, metrics } = await listOf([change(1, 'subject', 'bob')]);
    clock.pass(10_001);
    expect(denylist.decide(CLAIMS, { admin: true, whenStale: 'open' })).toEqual({ state: 'stale', ageMs: 10_001 });
    expect(denylist.decide(CLAIMS, { whenStale: 'closed' }).state).toBe('stale');
    expect(denylist.decide(CLAIMS).state).toBe('stale');
    expect(denylist.decide(CLAIMS, { whenStale: 'open' }).state).toBe('allowed');
    expect(denylist.decide({ ...CLAIMS, sub: 'bob' }, { whenStale: 'open' }).state).toBe('revoked');
    expect(metrics.refusedStale.mock.calls).toEqual([[true], [false], [false]]);
  });

  it('is not hidden by a wall clock that is set back, nor by a steady one that slept', async () => {
    const back = await listOf([]);
    back.clock.steady += 10_001;
    back.clock.wall -= 3_600_000;
    expect(back.denylist.decide(CLAIMS, { admin: true }).state).toBe('stale');
    const slept = await listOf([]);
    slept.clock.wall += 10_001;
    expect(slept.denylist.decide(CLAIMS, { admin: true }).state).toBe('stale');
  });

  it("is noticed by this machine's clocks whichever of them jumps", async () => {
    const steady = vi.spyOn(performance, 'now').mockReturnValue(1_000_000);
    const wall = vi.spyOn(Date, 'now').mockReturnValue(2_000_000);
    const state = async (): Promise<string> => (await listed).denylist.decide(CLAIMS).state;
    const listed = listOf([], systemClock as HandClock);
    try {
      expect(await state()).toBe('allowed');
      wall.mockReturnValue(2_000_000 + 10_001);
      steady.mockReturnValue(1_000_001);
      expect(await state()).toBe('stale');
      wall.mockReturnValue(1_000_000);
      steady.mockReturnValue(1_000_000 + 10_001);
      expect(await state()).toBe('stale');
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('asOf never goes back, and freshness returns although the clock was set back', async () => {
    const { denylist, sink, clock, metrics } = await listOf([]);
    const before = denylist.status().asOf;
    clock.wall -= 3_600_000;
    clock.steady += 20_000;
    sink.confirm(clock.now());
    expect(denylist.status()).toMatchObject({ asOf: before, stale: false });
    expect(metrics.asOf).toHaveBeenLastCalledWith((before ?? 0) / 1000);
  });

  it('an entry is refused however far the clock jumps ahead and back', async () => {
    const { denylist, sink, clock } = await listOf([change(1, 'token', 'j1')]);
    clock.wall += 365 * 86_400_000;
    sink.confirm(clock.now());
    expect(denylist.check(CLAIMS)).toEqual({ by: 'token', id: 1 });
  });

  it('before anything was read admin is refused', async () => {
    const denylist = createDenylist({ source: handSource(), maxStalenessMs: 10_000 });
    await denylist.start();
    expect(denylist.decide(CLAIMS, { admin: true })).toEqual({ state: 'stale', ageMs: Infinity });
    expect(await denylist.synced(30)).toBe(false);
    await denylist.stop();
  });
});

describe('a source that lost history', () => {
  it('what it had said stays refused beside what it says now', async () => {
    const { denylist, sink, clock } = await listOf([change(1, 'token', 'j1')]);
    sink.rewritten('a test');
    sink.begin().commit({ id: 0, mark: '' });
    sink.apply([change(1, 'subject', 'bob')]);
    sink.confirm(clock.now());
    expect(denylist.check(CLAIMS)).toEqual({ by: 'token', id: 1 });
    expect(denylist.check({ sub: 'bob' })).toEqual({ by: 'subject', id: 1 });
    expect(denylist.status()).toMatchObject({ rewritten: true, entries: 2 });
  });
});
