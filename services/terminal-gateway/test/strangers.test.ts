/** What whoever holds no ticket can do to those who do, and tickets that name what is no node. */
import { describe, expect, it } from 'vitest';
import { openBrowser } from './browser.ts';
import { until, type Platform } from './platform.ts';
import { sharePlatform } from './shared-platform.ts';

let platform: Platform;
sharePlatform((made) => (platform = made));

describe('a stranger', () => {
  it('cannot use up the rate of handshakes', async () => {
    const { port } = await platform.gateway({ handshakesPerSecond: 1 });
    const { address } = await platform.agent();
    const { ca } = platform;
    const good = await platform.ticket('s-honest', address);
    const [header = '', payload = '', signature = ''] = good.split('.');
    const forged = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    for (const bad of ['x', 'x.y.z', forged, forged, forged])
      await expect(openBrowser(port, 's-honest', bad, { ca })).rejects.toThrow('refused 401');
    for (const [session, claims] of [
      ['s-other', {}],
      ['s-honest', { origin: 'https://other.test' }],
      ['s-honest', { exp: 1000 }],
    ] as const) {
      const misplaced = await platform.ticket('s-honest', address, claims);
      await expect(openBrowser(port, session, misplaced, { ca })).rejects.toThrow(/refused 40[13]/);
    }
    const browser = await openBrowser(port, 's-honest', good, { ca });
    await until(() => browser.said('ready'), 'ready');
    browser.socket.terminate();
  });
});

describe('a ticket', () => {
  it.each(['127.999.1.1:7443', '127.0.0.1:0', '127.0.0.1:99999', '127.0.0.01:7443', '[1::2::3]:7443', '::1:7443'])(
    'for the node at %s is none',
    async (nodeAddr) => {
      const { port } = await platform.gateway({ mayReach: () => true });
      await expect(platform.browser(port, 's-1', '', { claims: { nodeAddr } })).rejects.toThrow('refused 401');
    },
  );

  it('whose node cannot be judged is refused, on record, and nothing hangs', async () => {
    const lines: string[] = [];
    const log = { info() {}, warn() {}, error: (_: object, message: string) => void lines.push(message) };
    const mayReach = () => {
      throw new Error('out of order');
    };
    const { port, gateway, server } = await platform.gateway({ mayReach, log });
    await expect(platform.browser(port, 's-1', '127.0.0.1:1')).rejects.toThrow('refused 503 5');
    expect(lines).toEqual(['a handshake has failed']);
    expect(gateway.clients.size).toBe(0);
    const open = () => new Promise<number>((done) => server.getConnections((_error, count) => done(count)));
    await until(async () => (await open()) === 0, 'the end of the connection', 5);
  });
});
