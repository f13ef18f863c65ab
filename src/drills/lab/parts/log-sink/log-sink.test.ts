import { appendFileSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../../../../../test/need.ts';
import { examplePlan, testLab, type TestLab } from '../../lab.testkit.ts';
import type { Part } from '../../part.ts';
import { findInSink, logSinkParts, sinkOf } from './index.ts';

const SERVICES = ['api-1', 'api-2', 'billing-worker-1', 'notification-relay-1', 'terminal-gateway-1'];

describe.runIf(needs('rsyslogd'))('the log sink', () => {
  const plan = examplePlan();
  const edge: Part = { name: 'edge', needs: [], command: () => ({ file: '' }) };
  let lab: TestLab;
  let sink: string;
  const write = (part: string, line: object | string): void =>
    appendFileSync(lab.lab.log(part), `${typeof line === 'string' ? line : JSON.stringify(line)}\n`);

  beforeAll(async () => {
    lab = await testLab(plan, [...logSinkParts(plan), edge]);
    sink = sinkOf(lab.lab);
    mkdirSync(dirname(lab.lab.log('api-1')), { recursive: true });
    for (const folder of ['logs', 'private']) mkdirSync(join(lab.lab.folder('edge'), folder), { recursive: true });
    await lab.start('log-sink');
  });
  afterAll(() => lab?.stop());

  test('has what each service wrote, byte for byte, in a file of its own', async () => {
    const lines = SERVICES.map((service) => ({
      service,
      msg: `marker %41 "x" \u00e9 of ${service}`,
      request_id: `r-${service}`,
    }));
    for (const line of lines) write(line.service, line);
    for (const line of lines)
      await expect
        .poll(() => findInSink(sink, { requestId: line.request_id }), { timeout: 15_000 })
        .toMatchObject([{ part: line.service, json: line, text: JSON.stringify(line) }]);
    const [first] = await findInSink(sink, 'marker %41');
    expect(statSync(join(sink, first?.part ?? '', `${first?.day}.log`)).mode & 0o777).toBe(0o600);
  });

  test('follows one request through all logs in the order of time, and takes no text for a field', async () => {
    write('api-1', { time: '2026-01-01T00:00:02Z', request_id: 'flow-1' });
    write('billing-worker-1', { time: '2026-01-01T00:00:03Z', request_id: 'flow-1' });
    appendFileSync(
      join(lab.lab.folder('edge'), 'logs/access.log'),
      `${JSON.stringify({ time: '2026-01-01T00:00:01Z', request_id: 'flow-1' })}\n`,
    );
    write('api-2', { time: '2026-01-01T00:00:04Z', msg: 'flow-1', request_id: 'other' });
    const parts = async (): Promise<string[]> =>
      (await findInSink(sink, { requestId: 'flow-1' })).map(({ part }) => part);
    await expect.poll(parts, { timeout: 15_000 }).toEqual(['edge', 'api-1', 'billing-worker-1']);
    await expect.poll(async () => (await findInSink(sink, 'flow-1')).length, { timeout: 15_000 }).toBe(4);
  });

  test('ships of the audit log what was judged, and nothing of what was sent', async () => {
    const transaction = {
      unique_id: 'w-1',
      client_ip: '127.0.0.1',
      request: { method: 'GET', uri: '/api/v1/x?token=canary-77' },
      response: { http_code: 403 },
      messages: [
        { message: 'SQLi', details: { ruleId: '942100', data: 'canary-77', match: 'canary-77' } },
        { message: 'sum', details: { ruleId: '949110' } },
      ],
    };
    appendFileSync(
      join(lab.lab.folder('edge'), 'private/audit.log'),
      `${JSON.stringify({ transaction })}\nnot JSON canary-77\n`,
    );
    await expect
      .poll(() => findInSink(sink, { requestId: 'w-1' }), { timeout: 15_000 })
      .toMatchObject([{ part: 'edge-waf', json: { path: '/api/v1/x', status: 403, rules: '942100 949110 ' } }]);
    expect(await findInSink(sink, 'canary-77')).toEqual([]);
  });

  test('delivers long lines, and those that were written while it was down', async () => {
    write('api-1', { msg: 'x'.repeat(60_000), request_id: 'long' });
    await expect.poll(async () => (await findInSink(sink, { requestId: 'long' })).length, { timeout: 15_000 }).toBe(1);
    await lab.end('log-sink');
    write('api-1', { request_id: 'meanwhile' });
    await lab.start('log-sink');
    await expect
      .poll(async () => (await findInSink(sink, { requestId: 'meanwhile' })).length, { timeout: 15_000 })
      .toBe(1);
    expect((await findInSink(sink, { requestId: 'long' })).length).toBe(1);
  });
});
