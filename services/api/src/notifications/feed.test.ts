import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFeed } from './feed.ts';
import type { Frame } from './message.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const frame = (n: number): Frame => ({ id: String(n), type: 'x', data: {}, at: '' });

function client() {
  const written: Frame[] = [];
  const done: (() => void)[] = [];
  const stalled = vi.fn();
  return {
    written,
    stalled,
    take: () => done.shift()?.(),
    sink: { write: (each: Frame, end: () => void) => (written.push(each), void done.push(end)), stalled },
  };
}

test('one frame is on its way at a time, in order', () => {
  const { written, take, sink } = client();
  const feed = createFeed(sink);
  for (const n of [1, 2, 3]) feed.offer(frame(n));
  expect(written.map((each) => ('id' in each ? each.id : each.type))).toEqual(['1']);
  take();
  take();
  expect(written.map((each) => ('id' in each ? each.id : each.type))).toEqual(['1', '2', '3']);
});

test('a client that falls behind is told of a gap once, and then hears on', () => {
  const { written, take, sink } = client();
  const onDropped = vi.fn();
  const feed = createFeed(sink, { maxQueued: 3, onDropped });
  for (let n = 1; n <= 6; n += 1) feed.offer(frame(n));
  for (let n = 1; n <= 6; n += 1) take();
  expect(written.map((each) => ('id' in each ? each.id : each.type))).toEqual(['1', 'gap', '5', '6']);
  expect(onDropped).toHaveBeenCalledWith(3);
});

test('one that takes nothing for a while is let go; one that is slow is not', () => {
  const { stalled, take, sink } = client();
  const feed = createFeed(sink, { stallMs: 1000 });
  for (const n of [1, 2, 3]) feed.offer(frame(n));
  vi.advanceTimersByTime(900);
  take();
  vi.advanceTimersByTime(900);
  expect(stalled).not.toHaveBeenCalled();
  vi.advanceTimersByTime(200);
  expect(stalled).toHaveBeenCalledOnce();
  feed.close();
});
