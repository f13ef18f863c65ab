import { expect, test } from 'vitest';
import { missedBy, shop } from '../../../test/fake-target.ts';
import type { Probes, Trap } from '../../model/drill/probes.ts';
import { drill } from './drill.ts';

interface Way {
  /** Whether names are looked up. */
  readonly names: boolean;
  /** Whether the server that redirects is reached. */
  readonly redirects: boolean;
}

/** What is not as it should be of a service that goes nowhere but where it may, over a trap of which this works. */
async function missed({ names, redirects }: Way): Promise<string[]> {
  const allowed = { address: '10.0.0.9', port: 7443 };
  const send = (url: string) =>
    Promise.resolve(
      url === 'https://10.0.0.9:7443/' || (redirects && url.startsWith('https://10.0.0.9:1/'))
        ? ('reached' as const)
        : ('not reached' as const),
    );
  const trap: Trap = {
    port: 7443,
    visits: () => 0,
    redirectTo: (to) => `https://10.0.0.9:1/?to=${to}`,
    name: () => 'n1.test',
    lookups: () => (names ? 2 : 0),
    send,
    end: () => undefined,
  };
  const probes: Probes = { allowed: () => allowed, send: (_, url) => send(url), trap: () => Promise.resolve(trap) };
  const subject = { id: 'service/api', name: 'api', input: {}, params: {} };
  const plan = drill.plan({ subjects: [subject], parameters: {}, spec: shop });
  return (await missedBy(plan, { probes })).map(({ name }) => name);
}

test('a trap to which nothing leads catches nobody, which is no credit to the guard', async () => {
  expect(await missed({ names: true, redirects: true })).toEqual([]);
  await expect(missed({ names: false, redirects: true })).rejects.toThrow(
    'none of the names of the trap was ever looked up',
  );
  await expect(missed({ names: true, redirects: false })).rejects.toThrow('the server that redirects is not reached');
});
