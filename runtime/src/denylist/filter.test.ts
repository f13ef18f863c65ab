import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { Entries } from './entries.ts';
import { Filter, hashOf } from './filter.ts';
import { change } from './test-lists.ts';

const MANY = 40_000;

it('denies nothing that was added, while it grows and after', () => {
  const filter = new Filter(0);
  const hashes: number[] = [];
  let missed = 0;
  for (let count = 0; count < MANY; count += 1) {
    const hash = hashOf(randomUUID(), 7);
    filter.add(hash, () => hashes.values());
    hashes.push(hash);
    // Growing is spread over additions, so each of them is a moment in which something could be missing.
    const earlier = hashes[Math.floor(Math.random() * hashes.length)] ?? hash;
    if (!filter.mayHave(earlier) || !filter.mayHave(hash) || filter.hasNone(0, 0, earlier, 0, 0)) missed += 1;
  }
  expect(missed).toBe(0);
  expect(hashes.filter((hash) => !filter.mayHave(hash))).toEqual([]);
});

it.each(['as it grows', 'made for as many'])('says "perhaps" to few of those that are not there: %s', (how) => {
  const filter = new Filter(how === 'as it grows' ? 0 : MANY);
  const hashes: number[] = [];
  for (let count = 0; count < MANY; count += 1) {
    hashes.push(hashOf(randomUUID(), 7));
    filter.add(hashes.at(-1) ?? 0, () => hashes.values());
  }
  const strangers = Array.from({ length: MANY }, () => hashOf(randomUUID(), 7));
  const perhaps = strangers.filter((hash) => filter.mayHave(hash)).length;
  expect(perhaps).toBeGreaterThan(0);
  expect(perhaps / MANY).toBeLessThan(0.03);
});

it('a kind that has no entries refuses nothing, and again once its last one is lifted', () => {
  const entries = new Entries();
  const claims = { jti: 'j1', sub: 'ana' };
  entries.apply(change(1, 'token', 'j1'));
  expect(entries.find({ sub: 'ana' })).toBeUndefined();
  entries.apply(change(2, 'subject', 'ana'));
  expect(entries.find({ sub: 'ana' })).toEqual({ by: 'subject', id: 2 });
  entries.apply(change(3, 'token', 'j1', { lifts: 1 }));
  expect(entries.find(claims)).toEqual({ by: 'subject', id: 2 });
  entries.apply(change(4, 'subject', 'ana', { lifts: 2 }));
  expect(entries.find(claims)).toBeUndefined();
});

it('a list that grows while entries are lifted and named again refuses all that are in force', () => {
  const entries = new Entries();
  const inForce = new Map<string, number>();
  let id = 0;
  for (let step = 0; step < MANY; step += 1) {
    const value = `user-${Math.floor(Math.random() * MANY)}`;
    const named = inForce.get(value);
    id += 1;
    if (named !== undefined && Math.random() < 0.5) {
      entries.apply(change(id, 'subject', value, { lifts: named }));
      inForce.delete(value);
    } else if (named === undefined) {
      entries.apply(change(id, 'subject', value));
      inForce.set(value, id);
    }
  }
  expect(entries.size).toBe(inForce.size);
  const wrong = Array.from({ length: MANY }, (_, one) => `user-${one}`).filter(
    (value) => entries.find({ sub: value })?.id !== inForce.get(value),
  );
  expect(wrong).toEqual([]);
});
