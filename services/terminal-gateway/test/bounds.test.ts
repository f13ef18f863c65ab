/** What ends a session or holds it back: policy, flow control, a drain; and that each is noticed when it is switched off. */
import { describe, expect, it, vi } from 'vitest';
import type { TicketClaims } from '../src/tickets.ts';
import { closed, FLOOD, floodHash, ready } from './sessions.ts';
import { until, type Platform } from './platform.ts';
import { sharePlatform } from './shared-platform.ts';

let platform: Platform;
sharePlatform((made) => (platform = made));

describe('policy', () => {
  it('closes a session whose user is revoked, and ends its shell', async () => {
    const revoked = new Set<string>();
    const { gateway, port } = await platform.gateway({
      standing: ({ sub }: TicketClaims) => (sub === 'u-9' ? 'unknown' : revoked.has(sub) ? 'revoked' : 'good'),
    });
    const { agent, address } = await platform.agent();
    const browser = await ready(await platform.browser(port, 's-1', address));
    const other = await ready(await platform.browser(port, 's-2', address, { claims: { sub: 'u-2' } }));
    revoked.add('u-1');
    gateway.recheck();
    expect(await closed(browser)).toEqual({ code: 1008, reason: 'revoked' });
    await until(() => agent.sessions.size === 1, 'the end of the shell');
    expect(other.close).toBeUndefined();
    await expect(platform.browser(port, 's-3', address)).rejects.toThrow('refused 401');
    await expect(platform.browser(port, 's-4', address, { claims: { sub: 'u-9' } })).rejects.toThrow('refused 503 5');
  });

  it.each([
    ['idle', 4408, { idle: 1000 }],
    ['absolute', 4419, { absolute: 1000 }],
    ['reauth', 4401, { reauth: 4000 }],
    ['hello', 1008, { hello: 500 }],
  ])('closes when the %s time is over', async (what, code, timeouts) => {
    const { port } = await platform.gateway({ timeouts });
    const { address } = await platform.agent();
    const browser = await platform.browser(port, 's-1', address, what === 'hello' ? { hello: false } : {});
    expect(await closed(browser)).toMatchObject({ code });
    if (what === 'reauth') expect(browser.said('drain')).toMatchObject({ reason: 'reauth' });
  });

  it('ends no session because somebody sets the clock forward', async () => {
    const { gateway, port } = await platform.gateway({ timeouts: { reauth: 60_000 } });
    const { address } = await platform.agent();
    const browser = await ready(await platform.browser(port, 's-1', address));
    const late = Date.now() + 9 * 3_600_000;
    const clock = vi.spyOn(Date, 'now').mockReturnValue(late);
    try {
      await new Promise((done) => setTimeout(done, 2500));
      browser.send('echo still-$((40+2))\n');
      await until(() => browser.text.includes('still-42'), 'the echo');
      expect(browser.close).toBeUndefined();
      expect([...gateway.clients].map(({ state }) => state)).toEqual(['live']);
    } finally {
      clock.mockRestore();
    }
  });

  it.each([
    ['idle', 4408, { idle: 1000 }],
    ['absolute', 4419, { absolute: 1000 }],
    ['reauth', 4401, { reauth: 4000 }],
    ['stalled', 1013, { stalled: 1500 }],
  ])('closes when the %s time is over, though somebody sets the clock back', async (what, code, timeouts) => {
    const { port } = await platform.gateway({ timeouts });
    const { address } = await platform.agent(what === 'stalled' ? { account: FLOOD } : {});
    const browser = await platform.browser(port, 's-1', address);
    browser.acknowledge = what !== 'stalled';
    const back = Date.now() - 9 * 3_600_000;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => back);
    try {
      await vi.waitFor(() => expect(browser.close).toMatchObject({ code }), { timeout: 8000 });
      if (what === 'reauth') {
        const deadline = Number(browser.said('drain')?.['deadline']);
        expect(Math.abs(deadline - back)).toBeLessThan(5000);
      }
    } finally {
      clock.mockRestore();
    }
  });

  it('cuts off a peer that answers no ping', async () => {
    const { gateway, port } = await platform.gateway({ timeouts: { ping: 1000 } });
    const { address } = await platform.agent();
    const browser = await ready(await platform.browser(port, 's-1', address));
    browser.socket.pause();
    await until(() => gateway.clients.size === 0, 'the reaping');
  });

  const nonsense: [what: string, code: number, message: string | Buffer][] = [
    ['text that is no JSON', 4400, 'nope'],
    ['an unknown message', 4400, '{"type":"sudo"}'],
    ['a second hello', 4400, '{"type":"hello","cols":1,"rows":1}'],
    ['a size beyond all screens', 4400, '{"type":"resize","cols":100000,"rows":1}'],
    ['an acknowledgement of the future', 4400, '{"type":"ack","seq":99999999}'],
    ['a control message of 5,000 bytes', 4400, JSON.stringify({ type: 'ping', id: 'x'.repeat(5000) })],
    ['input without a position', 4400, Buffer.alloc(3)],
    ['input of no length', 4400, Buffer.alloc(8)],
    ['input far ahead', 1008, Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 2, 0, 0]), Buffer.from('x')])],
    ['input at 2^64', 1008, Buffer.concat([Buffer.alloc(8, 255), Buffer.from('x')])],
    ['a frame that is too large', 1009, Buffer.alloc(20_000)],
  ];
  it.each(nonsense)('closes on %s', async (_what, code, message) => {
    const { port } = await platform.gateway();
    const { address } = await platform.agent();
    const browser = await ready(await platform.browser(port, 's-1', address));
    browser.socket.send(message);
    expect(await closed(browser)).toMatchObject({ code });
    await ready(await platform.browser(port, 's-2', address));
  });
});

describe('flow', () => {
  it('drops a browser that consumes nothing, and keeps its output for the resume', async () => {
    const { port } = await platform.gateway({ timeouts: { stalled: 1500 } });
    const { address } = await platform.agent({ account: FLOOD });
    const browser = await platform.browser(port, 's-1', address);
    browser.acknowledge = false;
    expect(await closed(browser)).toMatchObject({ code: 1013 });
    expect(browser.seq).toBeLessThanOrEqual(262_144);
    const again = await platform.browser(port, 's-1', address, { resume: browser });
    expect(await closed(again)).toMatchObject({ code: 1000 });
    expect(again.hash.digest('hex')).toBe(floodHash());
  });

  it('waits for a browser that is slow, however slow, as long as it moves', async () => {
    const { port } = await platform.gateway({ timeouts: { stalled: 1200 } });
    const { address } = await platform.agent();
    const browser = await ready(await platform.browser(port, 's-1', address));
    browser.acknowledge = false;
    browser.send('yes\n');
    await until(() => browser.seq > 220_000, 'a full window');
    let acked = 0;
    const timer = setInterval(() => browser.tell({ type: 'ack', seq: (acked += 50) }), 300);
    await new Promise((done) => setTimeout(done, 4000));
    clearInterval(timer);
    expect(browser.close).toBeUndefined();
  });

  it('of one stalled socket leaves others alone, and answers its ping ahead of its output', async () => {
    const { gateway, port } = await platform.gateway();
    const { address } = await platform.agent();
    const stalled = await ready(await platform.browser(port, 's-1', address));
    stalled.send('yes\n');
    stalled.socket.pause();
    const others = await Promise.all(
      [2, 3, 4].map(async (n) => ready(await platform.browser(port, `s-${n}`, address))),
    );
    for (const other of others) other.send('echo $((6*7))\n');
    for (const other of others) await until(() => other.text.includes('42'), 'the echo');
    for (const client of gateway.clients) expect(client.waiting).toBeLessThan(400_000);
    stalled.socket.resume();
    stalled.tell({ type: 'ping', id: 1 });
    await until(() => stalled.said('pong'), 'the pong');
  });

  it('interrupts a flood', async () => {
    const { port } = await platform.gateway();
    const { address } = await platform.agent();
    const browser = await ready(await platform.browser(port, 's-1', address));
    browser.send('yes\n');
    await until(() => browser.seq > 2_000_000, 'a flood');
    browser.send('\x03');
    browser.send('echo $((6*7))\n');
    await until(() => browser.text.includes('42'), 'the prompt');
  });
});

describe('a drain', () => {
  it('refuses with Retry-After, announces, closes 1012 whoever moved on, and at last whoever did not', async () => {
    const [old, other] = [await platform.gateway(), await platform.gateway()];
    const { address } = await platform.agent();
    const moves = await ready(await platform.browser(old.port, 's-1', address));
    const stays = await ready(await platform.browser(old.port, 's-2', address));
    const done = old.gateway.drain({ window: 1500 });
    const notice = await until(() => moves.said('drain'), 'the notice');
    expect(notice).toMatchObject({ reason: 'restart' });
    expect(Number(notice['deadline'])).toBeGreaterThan(Date.now());
    expect(notice['reconnectAfter']).toBeLessThan(1500);
    await expect(platform.browser(old.port, 's-3', address)).rejects.toThrow(/refused 503 \d/);
    const moved = await ready(await platform.browser(other.port, 's-1', address, { resume: moves }));
    expect(await closed(moves)).toMatchObject({ code: 1012 });
    moved.send('echo moved\n');
    await until(() => moved.text.includes('moved\r\n'), 'the echo');
    expect(await closed(stays)).toMatchObject({ code: 1012 });
    await done;
    expect(old.gateway.state).toBe('forced');
  });

  it('does not wait for ever for a browser that does not answer its close', async () => {
    const { gateway, port } = await platform.gateway({ closeWait: 300 });
    const { address } = await platform.agent();
    const dead = await ready(await platform.browser(port, 's-1', address));
    dead.socket.pause();
    await gateway.drain({ window: 200 });
    expect(gateway.clients.size).toBe(0);
  });
});

describe('a part that is switched off', () => {
  it('is noticed: tickets work twice, any origin gets in, a lost connection ends the shell', async () => {
    const { port } = await platform.gateway({ off: ['ticket-single-use', 'origin-check', 'resume'] });
    const { agent, address } = await platform.agent();
    const browser = await ready(await platform.browser(port, 's-1', address, { origin: 'https://evil.test' }));
    browser.socket.terminate();
    await until(() => agent.sessions.size === 0, 'the end of the shell');
  });
});
