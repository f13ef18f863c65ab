import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { needs } from '../../../test/need.ts';
import { createMetrics, gaugePool, observeTask, serveMetrics, telemetry } from './index.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function served(): Promise<{ metrics: ReturnType<typeof createMetrics>; url: string; app: FastifyInstance }> {
  const metrics = createMetrics({ service: 'api' });
  const app = fastify();
  open.push(app);
  await app.register(telemetry, { metrics });
  app.get('/nodes/:id', () => ({}));
  app.get('/fails', () => Promise.reject(new Error('x')));
  return { metrics, app, url: await app.listen({ port: 0, host: '127.0.0.1' }) };
}

test('requests are counted by the pattern of their route, and unknown ones share one label', async () => {
  const { metrics, url } = await served();
  for (const path of ['nodes/1', 'nodes/2', 'fails', 'a', 'b', 'c']) await (await fetch(`${url}/${path}`)).text();
  await fetch(`${url}/nodes/1`, { method: 'PROPFIND' });
  const text = await metrics.registry.metrics();
  expect(text).toContain('http_requests_total{service="api",route="/nodes/:id",method="GET",status="200"} 2');
  expect(text).toContain('http_requests_total{service="api",route="/fails",method="GET",status="500"} 1');
  expect(text).toContain('http_requests_total{service="api",route="(unmatched)",method="GET",status="404"} 3');
  expect(text).toContain('method="OTHER"');
  expect(text).toMatch(/http_request_duration_seconds_bucket\{service="api",route="\/nodes\/:id",le="\+Inf"\} 2/);
  expect(text).toMatch(/http_request_duration_seconds_count\{service="api",route="\/nodes\/:id"\} 2/);
  expect(text).toContain('http_requests_in_flight{service="api"} 0');
});

test('failures are counted from nought, so that the first one is an increase and none is a number', async () => {
  const metrics = createMetrics({ service: 'api', defaults: false });
  metrics.requests.observe({ route: '/x', method: 'GET', status: 200, seconds: 0.01 });
  await observeTask(metrics, 'meter', () => Promise.resolve());
  const text = await metrics.registry.metrics();
  expect(text).toContain('http_requests_total{service="api",route="/x",method="GET",status="500"} 0');
  expect(text).toContain('worker_tasks_total{service="api",task="meter",result="error"} 0');
});

test('more routes than any service has share a label', async () => {
  const { requests } = createMetrics({ service: 'api', defaults: false });
  for (let index = 0; index < 2000; index += 1)
    requests.observe({ route: `/r${index}`, method: 'GET', status: 200, seconds: 0.01 });
  const values = (await requests.collectors[0]?.get())?.values ?? [];
  // Each with what it has answered, and with the failures that it has not had.
  expect(values.length).toBe(2 * 501);
  expect(values.reduce((sum, { value }) => sum + value, 0)).toBe(2000);
});

test('names and labels are those that the reference platform documents', async () => {
  const { metrics, url } = await served();
  await (await fetch(`${url}/nodes/1`)).text();
  await observeTask(metrics, 'meter', () => Promise.resolve());
  const text = await metrics.registry.metrics();
  for (const file of ['api', 'billing-worker']) {
    const documented = readFileSync(
      new URL(`../../../examples/gpu-cloud/docs/metrics/${file}.prom`, import.meta.url),
      'utf8',
    );
    for (const [name, labels] of samplesOf(documented)) {
      if (/^(?:http_request|worker_task)/.test(name)) expect(samplesOf(text).get(name), name).toEqual(labels);
    }
  }
});

/** Label names by sample name. */
function samplesOf(text: string): Map<string, string> {
  const samples = [...text.matchAll(/^([a-z_]+)\{(.*)\} /gm)];
  return new Map(
    samples.map(([, name = '', labels = '']) => [
      name,
      [...labels.matchAll(/(\w+)="/g)]
        .map((match) => match[1])
        .sort()
        .join(','),
    ]),
  );
}

test('tasks are counted by result and timed, and their errors go through', async () => {
  const metrics = createMetrics({ service: 'worker', defaults: false });
  expect(await observeTask(metrics, 'meter', () => Promise.resolve(7))).toBe(7);
  await expect(observeTask(metrics, 'meter', () => Promise.reject(new Error('x')))).rejects.toThrow('x');
  const text = await metrics.registry.metrics();
  expect(text).toContain('worker_tasks_total{service="worker",task="meter",result="ok"} 1');
  expect(text).toContain('worker_tasks_total{service="worker",task="meter",result="error"} 1');
  expect(text).toContain('worker_task_duration_seconds_count{service="worker",task="meter"} 2');
});

test('the page is served on its own address, and nothing else is there', async () => {
  const { metrics, url } = await served();
  await (await fetch(`${url}/nodes/1`)).text();
  await observeTask(metrics, 'meter', () => Promise.resolve());
  gaugePool(metrics, 'main', () => ({ total: 5, idle: 2, waiting: 1, max: 12 }));
  gaugePool(metrics, 'other', () => ({ total: 1, idle: 1, waiting: 0, max: 2 }));
  let failing = 0;
  gaugePool(metrics, 'failing', () => {
    if (failing++ > 2) throw new Error('the pool is closed');
    return { total: 1, idle: 1, waiting: 0, max: 2 };
  });
  const server = await serveMetrics(metrics, '127.0.0.1:0');
  open.push(server);
  const answer = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  const text = await answer.text();
  expect(answer.headers.get('content-type')).toContain('version=0.0.4');
  expect(text).toContain('pool_connections{pool="main",state="used"} 3');
  expect(text).toContain('pool_connections_max{pool="other"} 2');
  expect(text).toContain('pool_connections_max{pool="failing"} 2');
  const later = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  expect(later).toContain('pool_connections_max{pool="other"} 2');
  expect(later).not.toContain('pool="failing"');
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  expect(text).toContain('nodejs_eventloop_utilization_ratio');
  expect((await fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(404);
  expect((await fetch(`http://127.0.0.1:${server.port}/metrics`, { method: 'POST' })).status).toBe(405);
  await expect(serveMetrics(metrics, 'nonsense')).rejects.toThrow(/HOST:PORT/);
});

test.runIf(needs('promtool'))('promtool finds nothing to say about the page', async () => {
  const { metrics, url } = await served();
  await (await fetch(`${url}/nodes/1`)).text();
  await observeTask(metrics, 'meter', () => Promise.resolve());
  gaugePool(metrics, 'main', () => ({ total: 5, idle: 2, waiting: 1, max: 12 }));
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: await metrics.registry.metrics(),
    encoding: 'utf8',
  });
  expect(`${stdout}${stderr}`).toBe('');
  expect(status).toBe(0);
});
