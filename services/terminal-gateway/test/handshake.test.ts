import { generateKeyPairSync } from 'node:crypto';
import { readTicketKeys } from '@launchgate/terminal-gateway';
import { describe, expect, it } from 'vitest';
import type { RedisServer } from '../../../test/servers/redis.ts';
import { openBrowser } from './browser.ts';
import { until, type Platform } from './platform.ts';
import { sharePlatform } from './shared-platform.ts';

let server: RedisServer;
let platform: Platform;
sharePlatform((made, redis) => ([platform, server] = [made, redis]));

describe('the handshake', () => {
  it('opens a shell for a ticket, and never says the ticket again', async () => {
    const lines: string[] = [];
    const note = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
    const { port } = await platform.gateway({ log: { info: note, warn: note, error: note } });
    const { address } = await platform.agent();
    const browser = await platform.browser(port, 's-1', address);
    expect(browser.socket.protocol).toBe('launchgate.terminal.v1');
    expect(await until(() => browser.said('ready'), 'ready')).toMatchObject({
      session: 's-1',
      created: true,
      seq: 0,
      window: 524_288,
    });
    browser.send('echo $((6*7))\n');
    await until(() => browser.text.includes('42'), 'the echo');
    const used = await platform.ticket('s-2', address, {}, false);
    await expect(openBrowser(port, 's-2', used, { ca: platform.ca })).rejects.toThrow('refused 401');
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toContain(used.slice(0, 60));
  });

  const refusals: [
    what: string,
    status: string,
    options: { claims?: object; origin?: string; path?: string; protocols?: string[] },
  ][] = [
    ['an origin that is not allowed', '403', { origin: 'https://evil.test', claims: { origin: 'https://evil.test' } }],
    ['an allowed origin that the ticket is not for', '403', { claims: { origin: 'https://other.test' } }],
    ['no origin', '403', { origin: '' }],
    ['an origin that only begins like one', '403', { origin: 'https://console.test.evil.test' }],
    ['a ticket for another session', '401', { claims: { ses: 'other' } }],
    ['a ticket that has expired', '401', { claims: { iat: 1000, exp: 1030 } }],
    ['a ticket that is good for too long', '401', { claims: { exp: Math.floor(Date.now() / 1000) + 3600 } }],
    ['a ticket without a user', '401', { claims: { sub: undefined } }],
    ['a node outside of its networks', '403', { claims: { nodeAddr: '169.254.169.254:80' } }],
    ['a node by name', '401', { claims: { nodeAddr: 'localhost:7443' } }],
    ['no ticket', '400', { protocols: ['launchgate.terminal.v1'] }],
    ['two tickets', '400', { protocols: ['launchgate.terminal.v1', 'ticket.a', 'ticket.b'] }],
    ['another subprotocol', '400', { protocols: ['chat', 'ticket.a'] }],
    ['a ticket in the query', '404', { path: '/ws/terminal/s-1?ticket=x' }],
    ['a path that climbs', '404', { path: '/ws/terminal/..%2fadmin' }],
  ];
  it.each(refusals)('refuses %s', async (_what, status, options) => {
    const { port } = await platform.gateway();
    const { address } = await platform.agent();
    await expect(platform.browser(port, 's-1', address, options)).rejects.toThrow(`refused ${status}`);
  });

  it('refuses a forged signature, another algorithm, and garbage', async () => {
    const { port } = await platform.gateway();
    const good = await platform.ticket('s-1', '127.0.0.1:1');
    const [header = '', payload = '', signature = ''] = good.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const other = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    for (const bad of [
      `${header}.${payload}.${other}`,
      `${none}.${payload}.`,
      `${header}.${payload}`,
      'x',
      'a.b.c',
      'a'.repeat(5000),
    ]) {
      await expect(openBrowser(port, 's-1', bad, { ca: platform.ca })).rejects.toThrow('refused 401');
    }
  });

  it('passes over no key of tickets that it cannot read', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(readTicketKeys(pem + pem)).toHaveLength(2);
    for (const rubbish of [pem.slice(0, 60), pem.replaceAll('PUBLIC', 'RSA PUBLIC')])
      expect(() => readTicketKeys(pem + rubbish)).toThrow('each of them whole');
  });

  it('lets one of two in that come at once with the same ticket', async () => {
    const { port } = await platform.gateway();
    const { address } = await platform.agent();
    const ticket = await platform.ticket('s-race', address);
    const { ca } = platform;
    const results = await Promise.allSettled([1, 2, 3].map(() => openBrowser(port, 's-race', ticket, { ca })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) if (result.status === 'fulfilled') result.value.socket.terminate();
  });

  it('refuses when Redis hangs, within its deadline, and when it is back lets in', async () => {
    const { port } = await platform.gateway({ redisDeadline: 200 });
    const { address } = await platform.agent();
    const { ca } = platform;
    const ticket = await platform.ticket('s-1', address);
    server.signal('SIGSTOP');
    try {
      await expect(openBrowser(port, 's-1', ticket, { ca })).rejects.toThrow('refused 503 2');
    } finally {
      server.signal('SIGCONT');
    }
    const browser = await platform.browser(port, 's-1', address);
    await until(() => browser.said('ready'), 'ready');
  });

  it('caps sessions of the pod, and of a user over all pods', async () => {
    const [small, other] = [
      await platform.gateway({ sessionsPerPod: 1 }),
      await platform.gateway({ sessionsPerUser: 2 }),
    ];
    const { address } = await platform.agent();
    const first = await platform.browser(small.port, 's-1', address);
    await until(() => first.said('ready'), 'ready');
    await expect(platform.browser(small.port, 's-2', address)).rejects.toThrow('refused 503');
    const second = await platform.browser(other.port, 's-3', address);
    await until(() => second.said('ready'), 'ready');
    await expect(platform.browser(other.port, 's-4', address)).rejects.toThrow('refused 429');
    first.send('exit\n');
    await until(() => first.close, 'the close');
    await until(async () => (await platform.redis.exists('session:s-1')) === 0, 'the record to go');
    const third = await platform.browser(other.port, 's-5', address);
    await until(() => third.said('ready'), 'ready');
  });

  it('limits handshakes', async () => {
    const { port } = await platform.gateway({ handshakesPerSecond: 1 });
    const results = await Promise.allSettled(
      [1, 2, 3, 4, 5, 6].map((n) => platform.browser(port, `s-${n}`, '127.0.0.1:1')),
    );
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeLessThan(5);
    expect(results.findLast(({ status }) => status === 'rejected')).toMatchObject({
      reason: { message: 'refused 503 1' },
    });
  });
});
