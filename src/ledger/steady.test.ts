import { describe, expect, it } from 'vitest';
import type { LedgerStorage } from '../model/ledger-storage.ts';
import { readSteadily } from './steady.ts';

/** A log whose checkpoint moves with each of the first looks at it, and that writers leave alone while it is locked. */
function growing(moves: number, canLock = true) {
  const said: string[] = [];
  let looks = 0;
  const storage = {
    read: () => Promise.resolve(Buffer.from(String(Math.min((looks += 1), moves)))),
    lock: () => {
      if (!canLock) return Promise.reject(new Error('read-only'));
      said.push('lock');
      return Promise.resolve({ release: () => Promise.resolve(void said.push('release')) });
    },
  } as unknown as LedgerStorage;
  return { storage, said };
}

/** Answers false, or throws, so many times, and true from then on. */
function wrong(times: number, said: string[], isThrown: boolean) {
  let left = times;
  return (): Promise<boolean> => {
    said.push('read');
    if (left === 0) return Promise.resolve(true);
    left -= 1;
    return isThrown ? Promise.reject(new Error('the file is missing')) : Promise.resolve(false);
  };
}

describe.each([true, false])('a log that is read (what is wrong is thrown: %s)', (isThrown) => {
  const isSound = (answer: boolean): boolean => answer;

  it('is looked at once where nothing is wrong, or nothing moves', async () => {
    const fine = growing(9);
    expect(await readSteadily(fine.storage, wrong(0, fine.said, isThrown), isSound)).toBe(true);
    const still = growing(1);
    const answer = readSteadily(still.storage, wrong(1, still.said, isThrown), isSound);
    if (isThrown) await expect(answer).rejects.toThrow('the file is missing');
    else expect(await answer).toBe(false);
    expect([fine.said, still.said]).toEqual([['read'], ['read']]);
  });

  it('is looked at again while it moves, and at last with the writers kept out', async () => {
    const twice = growing(9);
    expect(await readSteadily(twice.storage, wrong(1, twice.said, isThrown), isSound)).toBe(true);
    expect(twice.said).toEqual(['read', 'read']);
    const busy = growing(99);
    expect(await readSteadily(busy.storage, wrong(3, busy.said, isThrown), isSound)).toBe(true);
    expect(busy.said).toEqual(['read', 'read', 'read', 'lock', 'read', 'release']);
  });

  it('is taken for what was seen last where nothing can be locked', async () => {
    const fixed = growing(99, false);
    const answer = readSteadily(fixed.storage, wrong(9, fixed.said, isThrown), isSound);
    if (isThrown) await expect(answer).rejects.toThrow('the file is missing');
    else expect(await answer).toBe(false);
    expect(fixed.said).toEqual(['read', 'read', 'read']);
  });
});
