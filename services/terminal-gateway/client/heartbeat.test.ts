import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Heartbeat } from './heartbeat.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a line is silent where nothing comes, and not where only the answer is late', () => {
  let [asked, silent] = [0, 0];
  const heartbeat = new Heartbeat(
    () => (asked += 1),
    () => (silent += 1),
  );
  heartbeat.start();
  for (let times = 0; times < 4; times += 1) {
    vi.advanceTimersByTime(20_000);
    heartbeat.heard();
  }
  expect([asked, silent]).toEqual([4, 0]);
  vi.advanceTimersByTime(40_000);
  expect(silent).toBe(1);
  heartbeat.stop();
});
