import { expect, test } from 'vitest';
import { missedBy, shop } from '../../../test/fake-target.ts';
import type { Effect, SentEvent, Webhooks } from '../../model/drill/webhooks.ts';
import { drill } from './drill.ts';

const subject = {
  id: 'service/api',
  name: 'api',
  input: [{}] as never,
  params: { reconcileWithin: '1h', appliesWithin: '1s' } as never,
};

/** What is not as it should be of a platform that applies what it takes, and answers forged deliveries and older events so. */
async function missed(forged: number, { older = 200, queuedMs = 0, late = 0, later = 0 } = {}): Promise<string[]> {
  const effects = new Map<string, Effect>();
  let last = 0;
  const apply = ({ id, object }: SentEvent): void =>
    void effects.set(object, effects.get(object) ?? { event: id, change: 'paid', writes: 1 });
  const webhooks: Webhooks = {
    make({ object, agoSeconds = 0 }) {
      const event = { id: `${agoSeconds === 60 ? 'older' : 'event'}-${(last += 1)}`, object };
      // What the platform finds in the sender's listing by itself.
      if (object.includes('_lost_')) apply(event);
      return Promise.resolve(event);
    },
    deliver(event, how = 'good') {
      if (how !== 'good') return Promise.resolve(forged);
      if (event.id.startsWith('older')) return Promise.resolve(older);
      setTimeout(() => apply(event), queuedMs);
      if (late > 0) setTimeout(() => effects.set(event.object, { event: event.id, change: 'paid', writes: 2 }), late);
      return Promise.resolve(200);
    },
    effect: (object) => Promise.resolve(effects.get(object)),
    comparison: { everySeconds: 1, settleSeconds: 1 },
  };
  const plan = drill.plan({ subjects: [subject], parameters: { events: 1, times: 2, later }, spec: shop });
  return (await missedBy(plan, { webhooks })).map(({ name }) => name);
}

test('forged deliveries are refused for what they are', async () => {
  expect(await missed(400)).toEqual([]);
  expect(await missed(202)).toEqual(['forged deliveries taken']);
  await expect(missed(429)).rejects.toThrow('a forged delivery was answered 429');
  await expect(missed(503)).rejects.toThrow('a forged delivery was answered 503');
});

test('an older event that is not taken did not come in the wrong order', async () => {
  await expect(missed(400, { older: 503 })).rejects.toThrow(
    'a delivery was answered 503, so nothing came in the wrong order',
  );
});

test('a queue may take its time, and what it brings late is seen', async () => {
  expect(await missed(400, { queuedMs: 300 })).toEqual([]);
  expect(await missed(400, { queuedMs: 1500 })).toContain('events not applied');
  expect(await missed(400, { late: 300, later: 0.5 })).toContain('events applied more than once');
});
