/** Would these proofs notice? Parts of the kit are switched off one after the other, and what held before must fail. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { nodeId } from '../../../src/drills/lab/parts/postgres.ts';
import { openSession } from '../../../src/drills/terminals/session.ts';
import { gatewayOf } from './gateways.ts';
import { ask, rent, terminalsOf, until, type Answer, type Call, type Platform } from './platform.ts';
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
    const answer = await asEdge(platform, API, `/api/v1/instances/${instance}/usage`, {
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
  await asEdge(platform, API, '/api/v1/instances', { headers: { 'user-agent': `probe-${mark} ${canary}` } });
  const line = await until('the line of the request', () =>
    readFileSync(platform.open.lab.log(API), 'utf8')
      .split('\n')
      .find((text) => text.includes(mark)),
  );
  return line.includes(canary);
}

/** Whether a gateway takes the same ticket a second time. */
async function opensTwice(platform: Platform, gateway: string, node: string): Promise<boolean> {
  const token = await platform.token('load-901');
  const body = { nodeId: node };
  const made = await platform.api('/api/v1/terminal/tickets', { token, method: 'POST', body });
  const { ticket, session } = JSON.parse(made.text) as { ticket: string; session: string };
  const sockets: WebSocket[] = [];
  const connect = () =>
    new Promise<boolean>((resolve) => {
      const port = platform.open.lab.port(gateway, 'https');
      const socket = new WebSocket(
        `wss://localhost:${port}/ws/terminal/${session}`,
        ['launchgate.terminal.v1', `ticket.${ticket}`],
        { ...edgeTls(platform), origin: `https://console.localhost:${platform.edge}` },
      );
      sockets.push(socket);
      socket.on('open', () => resolve(true));
      socket.on('error', () => resolve(false));
    });
  try {
    expect(await connect()).toBe(true);
    return await connect();
  } finally {
    for (const socket of sockets) socket.terminate();
  }
}

/** Asks a replica itself, as the edge would. */
function asEdge(platform: Platform, part: string, path: string, call: Call): Promise<Answer> {
  const port = platform.open.lab.port(part, 'https');
  return ask({ port, servername: 'localhost', path, method: call.method ?? 'GET', ...edgeTls(platform) }, call);
}

function edgeTls({ open: { lab }, ca }: Platform): { ca: string; cert: Buffer; key: Buffer } {
  const { cert, key } = lab.tls('edge');
  return { ca, cert: readFileSync(cert), key: readFileSync(key) };
}
