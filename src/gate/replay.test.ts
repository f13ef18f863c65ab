import { expect, it } from 'vitest';
import type { LedgerEntry } from '../model/evidence.ts';
import { snapshotAt } from './replay.ts';
import { nextPolicy, policyStatement } from './statements.ts';
import { ago, drill, KEYS, NOW, POLICY } from './gate.testkit.ts';
import { World } from './world.testkit.ts';

it('resolves a time to a tree size and a policy version', () => {
  const world = new World();
  world.log(drill(), [KEYS.ci], ago(20));
  const second = nextPolicy(world.trust().policy, { waivers: { maxDays: 10 } });
  world.log(policyStatement(second), [KEYS.ana, KEYS.bo], ago(10));
  const before = snapshotAt(world.entries, ago(15), NOW);
  expect(before.size).toBe(2);
  expect(world.trust(before.entries).policy.policy.version).toBe(1);
  expect(world.trust(snapshotAt(world.entries, ago(5), NOW).entries).policy.policy.version).toBe(2);
});

it('stops at the first later entry, even where a clock ran backwards behind it', () => {
  const world = new World(POLICY);
  world.log(drill(), [KEYS.ci], ago(5));
  world.log(drill(), [KEYS.ci], ago(20));
  expect(snapshotAt(world.entries, ago(10), NOW).size).toBe(1);
});

it('refuses the future and what is no time', () => {
  const { entries } = new World();
  expect(() => snapshotAt(entries, ago(-1), NOW)).toThrow('lies in the future');
  expect(() => snapshotAt(entries, 'yesterday', NOW)).toThrow('is not a time');
});

it('says of a time before the log began that it lies before it', () => {
  const first = { sequencedAt: '2026-03-02T00:00:00Z' } as LedgerEntry;
  expect(() => snapshotAt([first], '2026-03-01T00:00:00Z', NOW)).toThrow('before the first entry of the log');
});
