import { expect, test, vi } from 'vitest';
import { missedBy } from '../../../test/fake-target.ts';
import type { DrillPlan, Step } from '../../model/drill/drill.ts';
import { ratesSteps } from './drill-rates.ts';
import { sizesStep } from './drill-sizes.ts';
import type { Limited } from './drill.ts';

const limited = {
  id: 'service/api',
  name: 'api',
  input: { own: {}, paths: [{ path: '/items', protocol: 'http', auth: 'jwt', perSecond: 2 }] },
  params: { maxBodyBytes: 1000, maxHeaderBytes: 10_000 },
} as unknown as Limited;

const OWN = '<html>429 Too Many Requests</html>';
const head = (status: number, body = ''): string => `HTTP/1.1 ${status} X\r\n\r\n${body}`;

/** What is not as it should be at an edge that answers what is asked so. */
async function missed(
  step: Step<'edge'>,
  ask: number,
  raw: (bytes: string) => string,
  apart = true,
): Promise<string[]> {
  const edge = {
    place: { httpsPort: 443 },
    tellsClientsApart: apart,
    host: () => 'api.example',
    ask: () => Promise.resolve({ status: ask, text: OWN, headers: {}, ms: 1 }),
    raw: (_host: string, bytes: readonly string[]) => Promise.resolve({ text: raw(bytes.join('')), closedAfterMs: 1 }),
  };
  const plan: DrillPlan<'edge'> = {
    runs: [{ name: 'limits', subjects: [limited.id], hypothesis: [], method: [step] }],
  };
  return (await missedBy(plan, { edge })).map(({ name }) => name);
}

test('what is refused when it is large must be taken when it is small', async () => {
  const strict = (bytes: string): string => {
    if (/content-length: \d{4}/i.test(bytes)) return head(413);
    return head(bytes.length > 10_000 ? 431 : 401);
  };
  expect(await missed(sizesStep(limited), 401, strict)).toEqual([]);
  await expect(missed(sizesStep(limited), 400, () => head(400))).rejects.toThrow(
    'answers 400 to what is small as well',
  );
  await expect(missed(sizesStep(limited), 413, () => head(413))).rejects.toThrow(
    'answers 413 to what is small as well',
  );
});

test('a client is let through with answers, and let in again by one', async () => {
  const [step] = ratesSteps([limited]);
  let asked = 0;
  const flooded = (through: number, later: string) => (bytes: string) => {
    const requests = bytes.split('GET ').length - 1;
    if (requests === 1 && (asked += 1) > 0) return later;
    return head(through).repeat(4) + head(429, OWN).repeat(requests - 4);
  };
  expect(await missed(step!, 404, flooded(200, head(200)))).toEqual([]);
  expect(await missed(step!, 404, flooded(502, head(200)))).toEqual(['/items lets through meanwhile']);
  // Each look at the clock is five seconds later.
  let clock = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (clock += 5000));
  expect(await missed(step!, 404, flooded(200, ''))).toEqual(['/items lets the client in again within']);
  vi.restoreAllMocks();
});

test('where all floods come from one address, what one lets through says nothing after another', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
  try {
    const [first, second] = ratesSteps([limited, limited]);
    const none = (bytes: string) => head(429, OWN).repeat(bytes.split('GET ').length - 1);
    const later = async (step: Step<'edge'>, apart: boolean) => {
      const answer = missed(step, 404, none, apart).catch((error: Error) => error.message);
      await vi.runAllTimersAsync();
      return answer;
    };
    const shut = ['/items lets through meanwhile'];
    expect(await later(first!, false)).toEqual(expect.arrayContaining(shut));
    expect(await later(second!, true)).toEqual(expect.arrayContaining(shut));
    expect(await later(second!, false)).toContain('here all come from one address');
  } finally {
    vi.useRealTimers();
  }
});
