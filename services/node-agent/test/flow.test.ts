/** How much output may be under way, and whose: by numbers alone, without a terminal. */
import { describe, expect, it } from 'vitest';
import { Channel, TURN } from '../src/channel.ts';
import { createPace } from '../src/pace.ts';
import { createRing } from '../src/ring.ts';
import type { Session } from '../src/session.ts';
import { createTyping } from '../src/typing.ts';

const KIB = 1024;

describe('the window', () => {
  it('is what a fast viewer consumes in 20 ms, and never more than the ring', () => {
    const pace = createPace(1024 * KIB);
    expect(pace.window).toBe(256 * KIB);
    pace.consumed(1, 0);
    for (let now = 1; now <= 20; now += 1) pace.consumed(32 * KIB, now);
    expect(pace.window).toBe(640 * KIB);
    for (let now = 21; now <= 40; now += 1) pace.consumed(320 * KIB, now);
    expect(pace.window).toBe(1024 * KIB);
  });

  it('of a slow viewer, and after a pause, is the least', () => {
    const pace = createPace(1024 * KIB);
    pace.consumed(1, 0);
    for (let now = 1; now <= 20; now += 1) pace.consumed(40 * KIB, now);
    expect(pace.window).toBe(800 * KIB);
    pace.consumed(64 * KIB, 1000);
    expect(pace.window).toBe(256 * KIB);
  });

  it.each([64, 512, 4096])('keeps to a ring of %i KiB, and to what a gateway believes', (kib) => {
    const pace = createPace(kib * KIB);
    pace.consumed(1, 0);
    for (let now = 1; now <= 40; now += 1) pace.consumed(1024 * KIB, now);
    expect(pace.window).toBe(Math.min(kib, 1024) * KIB);
  });
});

describe('a channel that floods', () => {
  it('gives way to those that are typed into, and to nobody when they rest', () => {
    const typing = createTyping();
    expect(typing.besides(1, 0)).toBe(false);
    typing.typed(1, 0);
    expect([typing.besides(1, 1), typing.besides(2, 1)]).toEqual([false, true]);
    typing.typed(2, 500);
    expect([typing.besides(1, 501), typing.besides(2, 501)]).toEqual([true, true]);
    typing.typed(2, 1400);
    expect([typing.besides(1, 1401), typing.besides(2, 1401)]).toEqual([true, false]);
    expect(typing.besides(1, 2500)).toBe(false);
  });

  it('has its share of the time then: half a turn at a time, 8 KiB a millisecond', () => {
    const ring = createRing(1024 * KIB);
    ring.write(Buffer.alloc(1024 * KIB));
    const channel = flooding(ring);
    let sent = 0;
    for (let now = 1000; now < 1100; now += 0.5) {
      const most = channel.share(now);
      expect(most === 0 || most >= TURN / 2).toBe(true);
      if (most > 0) sent += (channel.next(most)?.length ?? 0) - 13;
    }
    expect(sent).toBeGreaterThan(100 * 8 * KIB - TURN);
    expect(sent).toBeLessThanOrEqual(100 * 8 * KIB + TURN);
  });

  it('is not kept waiting with what little an echo is', () => {
    const ring = createRing(64 * KIB);
    const channel = flooding(ring);
    for (let now = 1000; now < 1100; now += 1) {
      ring.write(Buffer.from('echo'));
      expect(channel.next(channel.share(now))?.length).toBe(13 + 4);
    }
  });
});

function flooding(ring: ReturnType<typeof createRing>): Channel {
  const channel = new Channel(1, { send() {}, schedule() {}, over() {} });
  channel.session = { ring, finished: false } as Session;
  return channel;
}
