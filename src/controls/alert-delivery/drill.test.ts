import { expect, test } from 'vitest';
import { shop } from '../../../test/fake-target.ts';
import type { ProbeContext } from '../../model/drill/drill.ts';
import { drill } from './drill.ts';
import type { Needs } from './drill-run.ts';

const input = {
  alerts: [],
  services: [],
  severities: [
    { name: 'critical', page: true, respondWithin: 300 },
    { name: 'ticket', page: false, respondWithin: 86_400 },
  ],
};
const params = { alert: '', service: '', severityLabel: 'severity', allowance: 5, deadMan: false };
const rule = (name: string, severity: string) => ({ kind: 'alert', name, expr: 'up == 0', labels: { severity } });

/** How many alerts for a process that does not answer keep the drill from its start. */
function active(names: readonly string[], alert = ''): Promise<number> {
  const subject = { id: 'environment/production', name: 'production', input, params: { ...params, alert } };
  const [run] = drill.plan({ subjects: [subject], parameters: { faster: 60 }, spec: shop }).runs;
  const metrics = {
    rules: () => Promise.resolve([rule('Gone', 'critical'), rule('Sluggish', 'ticket')]),
    alerts: () => Promise.resolve(names.map((name) => ({ name }))),
  };
  return run!.hypothesis[0]!.measure({ target: { metrics } } as unknown as ProbeContext<Needs>);
}

test('of the alerts that are active those count whose page would be taken for that of the drill', async () => {
  expect(await active(['Gone', 'Sluggish'])).toBe(1);
  expect(await active(['Sluggish'])).toBe(0);
  expect(await active(['Gone', 'Sluggish'], 'Sluggish')).toBe(1);
});
