import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Served } from '../http.ts';
import { Pager } from './pager.ts';
import { startPager } from './server.ts';
import type { PageRecord } from './types.ts';

const alert = (status: string, alertname = 'ApiDown') => ({
  alerts: [
    {
      status,
      labels: { alertname, severity: 'P1' },
      annotations: {},
      startsAt: '2026-01-01T00:00:00Z',
      fingerprint: alertname,
    },
  ],
});

describe('the pager', () => {
  let now = 0;
  const records: PageRecord[] = [];
  const pager = (): Pager => {
    now = 1_000_000;
    records.length = 0;
    return new Pager({
      escalation: { '': [1, 3], sre: [1, 2] },
      deadManAfter: 5,
      record: (page) => records.push(page),
      now: () => now,
    });
  };
  const pass = (one: Pager, milliseconds: number): void => {
    now += milliseconds;
    one.beat('dead-man');
    one.tick();
  };

  test('escalates what nobody acknowledges, level by level, and then stops', () => {
    const one = pager();
    one.take('page', 'sre', 'pagerduty-1', alert('firing'));
    one.take('page', 'sre', 'pagerduty-1', alert('firing'));
    for (let turn = 0; turn < 6; turn += 1) pass(one, 1000);
    expect(records.filter(({ kind }) => kind === 'escalation').map(({ level }) => level)).toEqual([2, 3]);
  });

  test('goes by the receiver, and by the pace that it was given', () => {
    const one = pager();
    one.pace({ escalation: 10, deadMan: 10 });
    expect(one.settings()).toEqual({ escalation: { '': [0.1, 0.3], sre: [0.1, 0.2] }, deadManAfter: 0.5 });
    one.take('page', 'security', 'pagerduty-1', alert('firing'));
    for (let turn = 0; turn < 2; turn += 1) pass(one, 100);
    expect(records.filter(({ kind }) => kind === 'escalation').map(({ level }) => level)).toEqual([2]);
    pass(one, 100);
    expect(records.at(-1)).toMatchObject({ kind: 'escalation', level: 3, receiver: 'security' });
    now += 500;
    one.tick();
    expect(records.at(-1)).toMatchObject({ kind: 'dead-man', status: 'firing' });
  });

  test.each(['acknowledged', 'resolved'])('leaves alone what is %s', (how) => {
    const one = pager();
    const [page] = one.take('page', 'sre', 'pagerduty-1', alert('firing'));
    if (how === 'acknowledged') expect(one.acknowledge(page?.id ?? '', 'alice')).toBe(true);
    else one.take('page', 'sre', 'pagerduty-1', alert('resolved'));
    pass(one, 10_000);
    expect(records.some(({ kind }) => kind === 'escalation')).toBe(false);
    expect(one.acknowledge('unknown', 'alice')).toBe(false);
  });

  test('messages never escalate', () => {
    const one = pager();
    one.take('message', 'chat', 'slack-1', alert('firing'));
    pass(one, 10_000);
    expect(records).toHaveLength(1);
  });

  test('pages once when beats stop, or never came, and says when they are back', () => {
    const one = pager();
    now += 5000;
    one.tick();
    one.tick();
    expect(records.map(({ kind, status }) => [kind, status])).toEqual([['dead-man', 'firing']]);
    one.beat('dead-man');
    expect(records.at(-1)).toMatchObject({ kind: 'dead-man', status: 'resolved' });
  });
});

describe('the pager over HTTP', () => {
  let served: Served | undefined;
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-pager-'));
  afterEach(async () => {
    await served?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('records with arrival time, lists, acknowledges, and believes only the token', async () => {
    served = await startPager({
      address: '127.0.0.1:0',
      token: 'secret',
      folder,
      escalation: { '': [60] },
      deadManAfter: 60,
    });
    const url = `http://127.0.0.1:${served.port}`;
    const post = (path: string, body: unknown, token = 'secret'): Promise<Response> =>
      fetch(`${url}${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await post('/v1/pages/sre', alert('firing'), 'wrong')).status).toBe(401);
    expect((await post('/v1/pages/sre', { alerts: 'none' })).status).toBe(400);
    const before = new Date().toISOString();
    expect((await post('/v1/pages/sre?integration=pagerduty-1', alert('firing'))).status).toBe(200);
    const list = async (query: string): Promise<{ id: string; at: string }[]> =>
      ((await (await fetch(`${url}/v1/pages${query}`)).json()) as { pages: { id: string; at: string }[] }).pages;
    const [page] = await list(`?alertname=ApiDown&since=${before}&open`);
    expect(page).toMatchObject({ receiver: 'sre', integration: 'pagerduty-1', status: 'firing' });
    expect((await post(`/v1/pages/${page?.id}/acknowledge`, { by: 'alice' })).status).toBe(204);
    expect(await list('?open')).toEqual([]);
    expect(await list('')).toMatchObject([{ acknowledged: { by: 'alice' } }]);
    expect(JSON.parse(readFileSync(join(folder, 'pages.jsonl'), 'utf8').trim())).toMatchObject({
      alertname: 'ApiDown',
      id: page?.id,
    });
    expect((await post('/v1/pace', { escalation: 0, deadMan: 1 })).status).toBe(400);
    expect((await post('/v1/pace', { escalation: 60, deadMan: 60 })).status).toBe(204);
    expect(await (await fetch(`${url}/v1/settings`)).json()).toEqual({ escalation: { '': [1] }, deadManAfter: 1 });
    expect((await fetch(`${url}/v1/pages?since=never`)).status).toBe(400);
    expect((await fetch(`${url}/v1/pages`, { method: 'DELETE' })).status).toBe(405);
  });
});
