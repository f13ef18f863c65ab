import { expect, test } from 'vitest';
import type { StepContext } from '../../model/drill/drill.ts';
import type { MonitoringTwin } from '../../model/drill/metrics.ts';
import type { Page } from '../../model/drill/pager.ts';
import type { Awaited, Needs } from './drill-run.ts';
import { gather, lackOf } from './drill-told.ts';

const twin = {
  mark: { name: 'drill', value: 'x' },
  alerts: () => Promise.resolve([{ name: 'DiskFull', state: 'firing' }]),
} as unknown as MonitoringTwin;

/** Who was told of an alert that arrived at this receiver, or else why nobody was. */
async function told(receiver: string, written: readonly string[], kind: Page['kind'] = 'page') {
  const page = { kind, receiver, alert: 'DiskFull', status: 'firing', at: 1, labels: { drill: 'x' } };
  const context = {
    target: { pager: { now: () => 0, since: () => Promise.resolve([page]) } },
    signal: new AbortController().signal,
  } as unknown as StepContext<Needs>;
  const one = { alert: { name: 'DiskFull' }, pages: true, receivers: [receiver], written } as unknown as Awaited;
  let found: string | undefined;
  await gather(
    context,
    twin,
    [one],
    0,
    () => 0.01,
    'firing',
    (_, { receiver: at }) => void (found = at),
  );
  return found ?? (await lackOf(context, twin, one, [], [{ name: 'DiskFull', silenced: false } as never]))?.because;
}

test('an alert that is told to others than the manifests say was told to nobody', async () => {
  expect(await told('storage', ['platform', 'storage'])).toBe('storage');
  expect(await told('anybody', [])).toBe('anybody');
  expect(await told('security', ['storage'])).toBe('it was told to security, and by the manifests it goes to storage');
  expect(await told('storage', ['storage'], 'message')).toBe('it fires, and goes to storage, which pages nobody');
});
