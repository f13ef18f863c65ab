import { expect, test } from 'vitest';
import type { LoadReport } from '../../model/drill/load.ts';
import type { Edge } from '../../model/drill/edge.ts';
import { answeredRequests, seenOf } from './drill.ts';

const none = { p50: 1, p90: 1, p99: 1, p999: 1, max: 1 };

function report(statuses: LoadReport['statuses'], errors: LoadReport['errors'] = {}): LoadReport {
  const answered = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  const sent = answered + Object.values(errors).reduce((sum, count) => sum + count, 0);
  return {
    startedAt: 0,
    seconds: 1,
    due: sent,
    sent,
    answered,
    statuses,
    errors,
    latency: none,
    curve: [],
    saturated: false,
    latestMs: 0,
  };
}

test('customers see errors, answers that do not come, and refusals that they do not usually get', () => {
  const usual = new Set([200, 404]);
  const failed = (...of: Parameters<typeof report>) => seenOf(report(...of), usual).kinds;
  expect(failed({ 200: 90, 404: 10 })).toBe('');
  expect(failed({ 200: 90, 502: 2 }, { reset: 1 })).toBe('502 x 2, reset x 1');
  expect(failed({ 200: 97, 401: 3 })).toBe('401 x 3');
  expect(failed({ 200: 97, 302: 3 })).toBe('302 x 3');
  // Rates are limited for whoever asks so often.
  expect(failed({ 200: 97, 429: 3 })).toBe('');
});

test('a load is of what is answered before it begins, and by no redirect', async () => {
  const pathsOf = async (statuses: Readonly<Record<string, number>>) => {
    const edge = {
      ask: (_host: string, path: string) => Promise.resolve({ status: statuses[path] }),
    } as unknown as Edge;
    const requests = Object.keys(statuses).map((path) => ({ host: 'shop.example', path }));
    return (await answeredRequests(edge, requests)).map(({ path }) => path);
  };
  expect(await pathsOf({ '/items': 200, '/old': 301, '/broken': 500 })).toEqual(['/items', '/broken']);
  expect(await pathsOf({})).toEqual([]);
  await expect(pathsOf({ '/items': 302 })).rejects.toThrow('shop.example/items is answered 302, a redirect');
  await expect(pathsOf({ '/items': 200, '/sample': 404 })).rejects.toThrow('shop.example/sample is answered 404');
});
