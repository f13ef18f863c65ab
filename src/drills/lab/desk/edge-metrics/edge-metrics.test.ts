import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Served } from '../http.ts';
import { startEdgeMetrics } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'launchgate-edge-metrics-'));
let served: Served | undefined;
afterEach(async () => {
  await served?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('counts requests by route and status and the verdicts of the WAF, through a file that is cut, and nothing that is no line', async () => {
  const [access, audit] = [join(folder, 'access.log'), join(folder, 'audit.log')];
  served = await startEdgeMetrics({ address: '127.0.0.1:0', access, audit });
  const page = async (): Promise<string> => (await fetch(`http://127.0.0.1:${served?.port}/metrics`)).text();
  expect(await page()).not.toContain('{');
  const line = (status: number, method = 'GET'): string =>
    `${JSON.stringify({ host: 'api.localhost', method, route: '/api/v1/*', status })}\n`;
  const judged = (code: number, ...rules: string[]): string =>
    `${JSON.stringify({ transaction: { response: { http_code: code }, messages: rules.map((ruleId) => ({ details: { ruleId } })) } })}\n`;
  appendFileSync(access, line(200) + line(200) + line(429) + line(200, 'x"\n').slice(0, -5));
  appendFileSync(
    audit,
    judged(403, '942100', '949110') + judged(200, '942100', '949110') + judged(200, '920300') + judged(200),
  );
  const series = (status: number, method = 'GET'): string =>
    `nginx_ingress_controller_requests{host="api.localhost",method="${method}",path="/api/v1/*",status="${status}"}`;
  let text = await page();
  expect(text).toContain(`${series(200)} 2\n`);
  expect(text).toContain(`${series(429)} 1\n`);
  for (const action of ['block', 'monitor', 'match'])
    expect(text).toContain(`waf_events_total{waf_action="${action}"} 1\n`);
  writeFileSync(access, line(200));
  text = await page();
  expect(text).toContain(`${series(200)} 3\n`);
  appendFileSync(access, line(200, 'x"\n'));
  expect(await page()).toContain(`${series(200, 'other')} 1\n`);
});
