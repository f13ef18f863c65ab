/** The platform's own rules and routing, from a metric to the pager, with the real servers. */
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../../../../../test/need.ts';
import { examplePlan, testLab, type TestLab } from '../../lab.testkit.ts';
import type { Part } from '../../part.ts';
import { observabilityParts, setTiming } from './index.ts';
import { askTls } from './ready.ts';

interface Page {
  readonly kind: string;
  readonly receiver: string;
  readonly alertname: string;
  readonly status: string;
  readonly labels: Record<string, string>;
  readonly at: string;
}

const able = [needs('prometheus'), needs('prometheus-alertmanager')].every(Boolean);

describe.runIf(able)('the monitoring of the lab', () => {
  const plan = examplePlan();
  const service: Part = { name: 'api-1', needs: [], ports: ['metrics', 'health'], command: () => ({ file: '' }) };
  // Where a customer is root: the platform's Prometheus asks none of them.
  const agent: Part = { name: 'node-agent-1', needs: [], ports: ['metrics'], command: () => ({ file: '' }) };
  const parts = [...observabilityParts(plan), service, agent];
  let lab: TestLab;
  let api: Server;
  let staleness = 0;

  beforeAll(async () => {
    lab = await testLab(plan, parts);
    const { port } = { port: lab.lab.port('api-1', 'metrics') };
    api = createServer((_, response) =>
      response.end(`admin_denylist_as_of_timestamp_seconds{service="api"} ${Date.now() / 1000 - staleness}\n`),
    );
    await new Promise<void>((resolve) => api.listen(port, '127.0.0.1', resolve));
    for (const part of ['pager', 'prober', 'alertmanager', 'prometheus']) await lab.start(part);
  }, 120_000);
  afterAll(async () => {
    api?.close();
    await lab?.stop();
  });

  const query = async (path: string): Promise<Record<string, unknown>> =>
    JSON.parse(
      await askTls(lab.lab.port('prometheus', 'https'), path, lab.lab.client, AbortSignal.timeout(5000)),
    ) as Record<string, unknown>;
  const pages = async (search: string): Promise<Page[]> => {
    const response = await fetch(`http://127.0.0.1:${lab.lab.port('pager', 'http')}/v1/pages${search}`);
    return ((await response.json()) as { pages: Page[] }).pages;
  };

  test('Prometheus has every rule of the platform, and none that it cannot read', async () => {
    const { data } = (await query('/api/v1/rules')) as { data: { groups: { rules: { name: string }[] }[] } };
    const names = data.groups.flatMap(({ rules }) => rules.map(({ name }) => name));
    for (const name of ['Watchdog', 'TargetDown', 'AdminDenyListStale', 'slo:sli_error:ratio_rate5m'])
      expect(names).toContain(name);
    expect(names.length).toBeGreaterThan(50);
  });

  test(
    'Prometheus scrapes every process it was told of, under the service that it is',
    { timeout: 60_000 },
    async () => {
      const up = async (): Promise<string[]> => {
        const { data } = (await query('/api/v1/query?query=up')) as {
          data: { result: { metric: { pod?: string; service?: string }; value: [number, string] }[] };
        };
        return data.result
          .flatMap(({ metric, value }) => (value[1] === '1' && metric.pod !== undefined ? metric.pod : []))
          .sort();
      };
      await expect.poll(up, { timeout: 30_000, interval: 500 }).toEqual(['alertmanager', 'api-1', 'prometheus']);
    },
  );

  test('Prometheus asks no node agent', { timeout: 60_000 }, async () => {
    const asked = async () => {
      const { data } = (await query('/api/v1/targets')) as {
        data: { activeTargets: { labels: { service?: string } }[] };
      };
      return data.activeTargets.map(({ labels }) => labels.service);
    };
    await expect.poll(asked, { timeout: 30_000, interval: 250 }).toContain('api');
    expect(await asked()).not.toContain('node-agent');
  });

  test('the dead man is alive: the watchdog reaches the pager as a beat', { timeout: 90_000 }, async () => {
    const beats = async (): Promise<string[]> => {
      const response = await fetch(`http://127.0.0.1:${lab.lab.port('pager', 'http')}/v1/beats`);
      return ((await response.json()) as { beats: { name: string }[] }).beats.map(({ name }) => name);
    };
    await expect.poll(beats, { timeout: 60_000, interval: 500 }).toEqual(['dead-man']);
  });

  test('a fault is paged to the team that owns it, and its end too', { timeout: 120_000 }, async () => {
    await setTiming(lab.lab, { interval: 1, faster: 60, groupWait: 0 }, AbortSignal.timeout(10_000));
    staleness = 100;
    const firing = async (): Promise<Page | undefined> =>
      (await pages('?alertname=AdminDenyListStale&status=firing'))[0];
    await expect.poll(firing, { timeout: 60_000, interval: 250 }).toMatchObject({
      kind: 'page',
      receiver: 'pagerduty-security',
      labels: { team: 'security', environment: 'lab' },
    });
    staleness = 0;
    const resolved = async (): Promise<number> => (await pages('?alertname=AdminDenyListStale&status=resolved')).length;
    await expect.poll(resolved, { timeout: 60_000, interval: 250 }).toBeGreaterThan(0);
  });
});
