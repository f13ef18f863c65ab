import { expect, test } from 'vitest';
import { missedBy } from '../../../test/fake-target.ts';
import { specSchema } from '../../model/spec.ts';
import { drill } from './drill.ts';

const spec = specSchema.parse({
  apiVersion: 'launchgate/v1',
  kind: 'Platform',
  name: 'shop',
  environments: [{ name: 'production', kind: 'production' }],
  services: [{ name: 'api' }, { name: 'worker' }],
});

/** What is not as it should be of a sink that files the lines of each part there. */
async function missed(place: (part: string) => string | undefined): Promise<string[]> {
  const sink: { part: string; line: string }[] = [];
  const logs = {
    write(part: string, message: string) {
      const filed = place(part);
      if (filed !== undefined) sink.push({ part: filed, line: JSON.stringify({ msg: message }) });
      return Promise.resolve();
    },
    find: () => Promise.resolve(sink),
  };
  const parts = { replicas: (name: string) => [`${name}-1`] };
  const subject = {
    id: 'environment/production',
    name: 'production',
    input: {} as never,
    params: { arrivesWithin: 0.1 },
  };
  const plan = drill.plan({ subjects: [subject], parameters: { lines: 2 }, spec });
  return (await missedBy(plan, { logs, parts })).map(({ name, detail }) => `${name}: ${detail}`);
}

test('a line must arrive, and under the name of who wrote it', async () => {
  expect(await missed((part) => part)).toEqual([]);
  expect(await missed((part) => (part === 'api-1' ? part : undefined))).toEqual([
    'lines that did not arrive: of worker-1',
  ]);
  expect(await missed(() => 'api-1')).toEqual([
    'replicas whose lines are filed under another part: worker-1 under api-1',
  ]);
});
