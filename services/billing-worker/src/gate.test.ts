import { expect, test, vi } from 'vitest';
import { Gate } from './gate.ts';

test('opens after its pause, though somebody sets the clock back meanwhile', async () => {
  const gate = new Gate(new AbortController().signal);
  gate.shut();
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 9 * 3_600_000);
  const start = performance.now();
  try {
    await gate.open();
  } finally {
    clock.mockRestore();
  }
  const waited = performance.now() - start;
  expect(waited).toBeGreaterThan(100);
  expect(waited).toBeLessThan(5000);
});

test('does not keep whoever is to leave', async () => {
  const stop = new AbortController();
  const gate = new Gate(stop.signal);
  for (let n = 0; n < 5; n += 1) gate.shut();
  stop.abort();
  await gate.open();
});
