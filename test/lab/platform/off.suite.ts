/** Would these proofs notice? Parts of the kit are switched off one after the other, and what held before must fail. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { nodeId } from '../../../src/drills/lab/parts/postgres.ts';
import { openSession } from '../../../src/drills/terminals/session.ts';
import { askAs, knock, takeTicket } from './doors.ts';
import { gatewayOf } from './gateways.ts';
import { rent, terminalsOf, until, type Platform } from './platform.ts';
import { notifications } from './watchers.ts';

const LONG = 180_000;
const API = 'api-1';

export function offSuite(platform: () => Platform): void {
  afterAll(async () => {
    await platform().restart(API);
  }, LONG);

  test(
    'without correlation the request id is lost, without redaction a token is in the log',
    { timeout: LONG },
    async () => {
      const lab = platform();
      const token = await lab.token('bob');
      const instance = await rent(lab, token, nodeId('node-agent-2'));
      expect(await sameId(lab, token, instance)).toBe(true);
      expect(await leaksToken(lab)).toBe(false);
      await lab.restart(API, ['correlation', 'redaction']);
      expect(await sameId(lab, token, instance)).toBe(false);
      expect(await leaksToken(lab)).toBe(true);
    },
  );

  test('without drain a terminal is cut off, without single use a ticket opens two', { timeout: LONG }, async () => {
    const lab = platform();
    const node = nodeId('node-agent-1');
    await rent(lab, await lab.token('alice'), node);
    const session = await openSession(terminalsOf(lab), {
      user: 'load-900',
      nodeId: node,
      from: '127.0.9.1',
      tick: 0.2,
    });
    const whole = await gatewayOf(lab, 'load-900');
    const lame = lab.open.lab.replicas('terminal-gateway').find((gateway) => gateway !== whole)!;
    expect(await opensTwice(lab, whole, node)).toBe(false);
    await lab.restart(lame, ['drain', 'ticket-single-use']);
    expect(await opensTwice(lab, lame, node)).toBe(true);
    await lab.restart(whole);
    expect(session.closes).toEqual([1012]);
    await until('the session at the other gateway', async () =>
      (await gatewayOf(lab, 'load-900')) === lame ? true : undefined,
    );
    await lab.restart(lame);
    await until('the session to be taken up again', () => (session.ready() === 3 ? true : undefined));
    expect(session.closes).toEqual([1012, 1006]);
    expect(await session.finish()).toEqual({ lost: 0, doubled: 0 });
    session.close();
  });
}

/** Whether a report's notification has the id that the edge gave the request. */
async function sameId(platform: Platform, token: string, instance: string): Promise<boolean> {
  const browser = await notifications(platform, token);
  try {
    const requestId = randomBytes(16).toString('hex');
    const answer = await askAs(platform, API, `/api/v1/instances/${instance}/usage`, {
      token,
      method: 'POST',
      body: { seconds: 1 },
      headers: { 'x-request-id': requestId },
    });
    expect(answer.status, answer.text).toBe(202);
    const [told] = await until('the notification', () => (browser.seen.length > 0 ? browser.seen : undefined));
    return told?.requestId === requestId;
  } finally {
    await browser.close();
  }
}

/** Whether a token that came where it does not belong is in the log. */
async function leaksToken(platform: Platform): Promise<boolean> {
  const mark = randomBytes(8).toString('hex');
  const part = () => randomBytes(24).toString('base64url');
  const canary = `eyJhbGciOiJFUzI1NiJ9.${part()}.${part()}`;
  await askAs(platform, API, '/api/v1/instances', { headers: { 'user-agent': `probe-${mark} ${canary}` } });
  const line = await until('the line of the request', () =>
    readFileSync(platform.open.lab.log(API), 'utf8')
      .split('\n')
      .find((text) => text.includes(mark)),
  );
  return line.includes(canary);
}

/** Whether a gateway takes the same ticket a second time. */
async function opensTwice(platform: Platform, gateway: string, node: string): Promise<boolean> {
  const ticket = await takeTicket(platform, 'load-901', node);
  const [first, second] = [await knock(platform, gateway, ticket), await knock(platform, gateway, ticket)];
  for (const door of [first, second]) door.close();
  expect(first.status).toBe(101);
  return second.status === 101;
}
