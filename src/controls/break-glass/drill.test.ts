import { expect, test } from 'vitest';
import { missedBy, shop } from '../../../test/fake-target.ts';
import type { Emergency, TrailEntry } from '../../model/drill/emergency.ts';
import { drill } from './drill.ts';

const subject = {
  id: 'environment/production',
  name: 'production',
  input: { declared: { quorum: 2, expiresAfter: '1h' } } as never,
  params: { quorum: 2 } as never,
};

/** What is not as it should be of an emergency that goes as it must, and is recorded so. */
async function missed(recorded: (entry: TrailEntry) => TrailEntry | undefined): Promise<string[]> {
  const entries: TrailEntry[] = [];
  const approvals = new Set<string>();
  let until = 0;
  const record = (actor: string, action: TrailEntry['action']): void => {
    const entry = recorded({ at: '2026-11-30T00:00:00Z', actor, action });
    if (entry !== undefined) entries.push(entry);
  };
  const emergency: Emergency = {
    people: ['ann', 'bob', 'cem', 'dan'],
    ask(by) {
      record(by, 'asked');
      return Promise.resolve({ id: 'INC-1' });
    },
    approve(_, by) {
      if (by === 'ann' || approvals.has(by)) return Promise.resolve('refused');
      approvals.add(by);
      record(by, 'approved');
      if (approvals.size < 2) return Promise.resolve('counted');
      record('broker', 'granted');
      until = performance.now() + 20;
      return Promise.resolve('granted');
    },
    use() {
      const isOpen = performance.now() < until;
      record('ann', isOpen ? 'used' : 'refused');
      return Promise.resolve(isOpen ? 'let in' : 'refused');
    },
    trail: () => Promise.resolve({ whole: true, entries }),
  };
  const plan = drill.plan({ subjects: [subject], parameters: { lifeSeconds: 0.02 }, spec: shop });
  return (await missedBy(plan, { emergency })).map(({ name, detail }) => `${name}: ${detail}`);
}

test('the trail tells who did what, and not only that it was done', async () => {
  const trail = 'what the audit trail does not tell: ';
  expect(await missed((entry) => entry)).toEqual([]);
  expect(await missed((entry) => (entry.action === 'granted' ? undefined : entry))).toEqual([
    `${trail}that anything was granted`,
  ]);
  expect(await missed((entry) => (entry.action === 'approved' ? { ...entry, actor: 'ann' } : entry))).toEqual([
    `${trail}that bob approved; that cem approved`,
  ]);
  expect(await missed((entry) => (entry.action === 'used' ? { ...entry, actor: 'broker' } : entry))).toEqual([
    `${trail}that ann used; who used: it says broker`,
  ]);
});
