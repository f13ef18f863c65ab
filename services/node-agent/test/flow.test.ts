/** How much output may be under way, and whose: by numbers alone, without a terminal. */
import { describe, expect, it } from 'vitest';
import { Channel, TURN } from '../src/channel.ts';
import { createFrames } from '../src/frames.ts';
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

describe('memory for frames', () => {
  it('is used again once it was given back, and never for two at once', () => {
    const frames = createFrames(16_384);
    const [one, two] = [frames.take(16_384), frames.take(5000)];
    one.fill(1);
    two.fill(2);
    expect(one.equals(Buffer.alloc(16_384, 1))).toBe(true);
    frames.give(one);
    const three = frames.take(6000);
    expect(three.buffer).toBe(one.buffer);
    expect(three).toHaveLength(6000);
    expect(frames.take(16_384).buffer).not.toBe(one.buffer);
  });

  it('is kept for a few, and not where it is somebody else’s', () => {
    const frames = createFrames(16_384);
    frames.give(Buffer.alloc(100));
    frames.give(frames.take(100));
    expect(frames.take(5000).buffer.byteLength).toBe(16_384);
    const many = Array.from({ length: 20 }, () => frames.take(5000));
    for (const one of many) frames.give(one);
    const again = new Set(Array.from({ length: 20 }, () => frames.take(5000).buffer));
    expect(many.filter(({ buffer }) => again.has(buffer))).toHaveLength(8);
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
      if (most > 0) sent += (channel.next(most, createFrames(TURN + 13))?.length ?? 0) - 13;
    }
    expect(sent).toBeGreaterThan(100 * 8 * KIB - TURN);
    expect(sent).toBeLessThanOrEqual(100 * 8 * KIB + TURN);
  });

  it('is not kept waiting with what little an echo is', () => {
    const ring = createRing(64 * KIB);
    const channel = flooding(ring);
    for (let now = 1000; now < 1100; now += 1) {
      ring.write(Buffer.from('echo'));
      expect(channel.next(channel.share(now), createFrames(TURN + 13))?.length).toBe(13 + 4);
    }
  });
});

function flooding(ring: ReturnType<typeof createRing>): Channel {
  const channel = new Channel(1, { send() {}, schedule() {}, over() {} });
  channel.session = { ring, finished: false } as Session;
  return channel;
}
