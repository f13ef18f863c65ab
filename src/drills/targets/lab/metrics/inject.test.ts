import { afterEach, expect, test } from 'vitest';
import { openMetrics, startInjector, type Injector } from './inject.ts';

let injector: Injector | undefined;
afterEach(() => injector?.close());

const total = { name: 'events_total', labels: { result: 'ok' }, shape: { kind: 'rate', perSecond: 2 } } as const;

test('a history is one sample for each step, metric by metric, up to now', () => {
  const gauge = { name: 'up', labels: {}, shape: { kind: 'level', value: 1 } } as const;
  expect(openMetrics([total, gauge], { seconds: 2, step: 1, until: 100 })).toBe(
    'events_total{result="ok"} 0 98.000\nevents_total{result="ok"} 2 99.000\nevents_total{result="ok"} 4 100.000\n' +
      'up{} 1 98.000\nup{} 1 99.000\nup{} 1 100.000\n# EOF\n',
  );
});

test('what is served goes on from the history, changes, and is gone when it is left out', async () => {
  let now = 1000;
  injector = await startInjector([total], 10, () => now);
  const scrape = async () => (await fetch(`http://127.0.0.1:${injector?.port}/metrics`)).text();
  // The empty labels keep Prometheus from adding its own.
  expect(await scrape()).toBe('events_total{instance="",job="",result="ok"} 20\n');
  injector.set([{ ...total, shape: { kind: 'rate', perSecond: 100 } }]);
  now += 1;
  expect(await scrape()).toBe('events_total{instance="",job="",result="ok"} 120\n');
  injector.set([{ name: 'last_run', labels: { a: 'x"y\\z' }, shape: { kind: 'age', seconds: 60 } }]);
  expect(await scrape()).toBe(`last_run{a="x\\"y\\\\z",instance="",job=""} ${now - 60}\n`);
  injector.set([]);
  expect((await scrape()).trim()).toBe('');
});
