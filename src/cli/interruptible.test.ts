import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { interruptible, tellingInterrupts } from './interruptible.ts';

let killed: unknown[][];
beforeEach(() => {
  killed = [];
  vi.useFakeTimers({ toFake: ['performance'] });
  vi.spyOn(process, 'kill').mockImplementation((...told) => {
    killed.push(told);
    return true;
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Work that is interrupted at these milliseconds, one after the other. */
function interruptedAt(...times: readonly number[]): Promise<boolean> {
  return interruptible(async (signal) => {
    let now = 0;
    for (const time of times) {
      vi.advanceTimersByTime(time - now);
      now = time;
      process.emit('SIGINT', 'SIGINT');
    }
    return signal.aborted;
  });
}

it('an interrupt lets the work clean up, and one that comes twice at once is one', async () => {
  await expect(interruptedAt(0, 3, 400)).resolves.toBe(true);
  expect(killed).toEqual([]);
});

it('a second interrupt ends the process as the kernel does', async () => {
  await interruptedAt(0, 3, 600);
  expect(killed).toEqual([[process.pid, 'SIGINT']]);
});

it('leaves no listener behind', async () => {
  const before = process.listenerCount('SIGINT');
  await interruptedAt(0);
  expect(process.listenerCount('SIGINT')).toBe(before);
});

it('what an interrupt ends at once tells first how far it came, and is ended by that signal', async () => {
  const told: string[] = [];
  const work = tellingInterrupts(
    async () => void process.emit('SIGINT', 'SIGINT'),
    () => told.push('half'),
  );
  await work;
  expect(told).toEqual(['half']);
  expect(killed).toEqual([[process.pid, 'SIGINT']]);
});
