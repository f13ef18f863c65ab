/** The life of a session: opened, taken up again, shown to one browser at a time, ended. */
import { describe, expect, it } from 'vitest';
import type { Browser } from './browser.ts';
import { closed, FLOOD, floodHash, ready } from './sessions.ts';
import { until, type Platform } from './platform.ts';
import { sharePlatform } from './shared-platform.ts';

let platform: Platform;
sharePlatform((made) => (platform = made));

describe('a session', () => {
  it('tells its exit after all output, and closes 1000', async () => {
    const { port } = await platform.gateway();
    const { address } = await platform.agent({ account: FLOOD });
    const browser = await platform.browser(port, 's-1', address);
    expect(await closed(browser)).toEqual({ code: 1000, reason: 'exited' });
    expect(browser.said('exit')).toMatchObject({ code: 0, signal: 0, reason: 'exited' });
    expect(browser.hash.digest('hex')).toBe(floodHash());
    await until(async () => (await platform.redis.exists('session:s-1', 'session:user:u-1')) === 0, 'no record');
  });

  it('ends its shell when the user asks for it', async () => {
    const { port } = await platform.gateway();
    const { agent, address } = await platform.agent();
    const browser = await ready(await platform.browser(port, 's-1', address));
    browser.tell({ type: 'end' });
    expect(await closed(browser)).toMatchObject({ code: 1000 });
    expect(agent.sessions.size).toBe(0);
  });

  it('says when it ended because an operator wished it, also from another pod', async () => {
    const [shows, other] = [await platform.gateway(), await platform.gateway()];
    const { address } = await platform.agent();
    const browser = await ready(await platform.browser(shows.port, 's-1', address));
    await until(async () => (await platform.redis.hget('session:s-1', 'pod')) !== null, 'the record');
    expect(await other.gateway.kill('s-1', 'test')).toBe(true);
    expect(await closed(browser)).toMatchObject({ code: 4410 });
    expect(await other.gateway.kill('unknown', 'test')).toBeUndefined();
  });

  it('is resumed through any gateway over any sequence of lost connections, without a lost or doubled byte', async () => {
    const gateways = [await platform.gateway(), await platform.gateway(), await platform.gateway()];
    const { address } = await platform.agent({ account: FLOOD });
    let browser: Browser | undefined;
    for (let round = 0; browser?.said('exit') === undefined; round++) {
      const port = gateways[round % 3]?.port ?? 0;
      const next: Browser = await platform.browser(
        port,
        's-1',
        address,
        browser === undefined ? {} : { resume: browser },
      );
      await until(() => next.said('ready') ?? next.close, 'ready');
      expect(next.said('ready') ?? next.close).toMatchObject({ type: 'ready' });
      expect(next.said('ready')?.['gap']).toBeUndefined();
      browser = next;
      const goal = next.seq + Math.floor(Math.random() * 400_000);
      await until(() => next.seq > goal || next.said('exit'), 'more output');
      next.socket.removeAllListeners('message');
      next.socket.terminate();
    }
    expect(browser.hash.digest('hex')).toBe(floodHash());
  });

  it('tells its exit to a browser whose connection was lost at the very end', async () => {
    const [shows, other] = [await platform.gateway(), await platform.gateway()];
    const { address } = await platform.agent();
    const first = await ready(await platform.browser(shows.port, 's-1', address));
    const second = await ready(await platform.browser(other.port, 's-1', address, { resume: first }));
    second.send('exec echo last\n');
    expect(await closed(second)).toMatchObject({ code: 1000 });
    await until(async () => (await platform.redis.exists('session:s-1')) === 0, 'no record');
    const late = await platform.browser(shows.port, 's-1', address, { resume: first });
    expect(await closed(late)).toEqual({ code: 1000, reason: 'exited' });
    expect(late.text).toContain('last');
    expect(late.said('exit')).toMatchObject({ code: 0, reason: 'exited' });
  });

  it('takes what is typed once, over a lost connection too', async () => {
    const { port } = await platform.gateway();
    const { address } = await platform.agent();
    const first = await ready(await platform.browser(port, 's-1', address));
    first.send('echo first; n=0\n');
    await until(() => first.said('inputAck'), 'the acknowledgement');
    first.socket.terminate();
    const second = await ready(await platform.browser(port, 's-1', address, { resume: first }));
    expect(second.input).toBe(16);
    second.send('n=$((n+1)); echo n=$n.\n');
    await until(() => second.text.includes('n=1.'), 'the echo');
  });

  it('goes to the newest connection; the older is told', async () => {
    const [a, b] = [await platform.gateway(), await platform.gateway()];
    const { address } = await platform.agent();
    const older = await ready(await platform.browser(a.port, 's-1', address));
    const newer = await ready(await platform.browser(b.port, 's-1', address, { resume: older }));
    expect(await closed(older)).toMatchObject({ code: 4409 });
    newer.send('echo mine\n');
    await until(() => newer.text.includes('mine\r\n'), 'the echo');
  });

  it('of another user is not shown, whoever signs the ticket', async () => {
    const { port } = await platform.gateway();
    const { address } = await platform.agent();
    await ready(await platform.browser(port, 's-1', address));
    await until(async () => (await platform.redis.hget('session:s-1', 'user')) !== null, 'the record');
    await expect(platform.browser(port, 's-1', address, { claims: { sub: 'mallory' } })).rejects.toThrow('refused 401');
    // Without the record the agent still knows.
    await platform.redis.del('session:s-1');
    const late = await platform.browser(port, 's-1', address, { claims: { sub: 'mallory' } });
    expect(await closed(late)).toMatchObject({ code: 4404 });
  });

  it('is honestly lost when its agent has been started again, and can then be begun anew', async () => {
    const { port } = await platform.gateway();
    const first = await platform.agent();
    const browser = await ready(await platform.browser(port, 's-1', first.address));
    browser.send('echo before\n');
    await until(() => browser.text.includes('before'), 'the echo');
    browser.socket.terminate();
    await first.agent.stop();
    await platform.agent({}, Number(first.address.split(':')[1]));
    const again = await platform.browser(port, 's-1', first.address, { resume: browser });
    expect(await closed(again)).toMatchObject({ code: 4404 });
    await until(async () => (await platform.redis.exists('session:s-1')) === 0, 'no record');
    const fresh = await ready(await platform.browser(port, 's-1', first.address));
    expect(fresh.said('ready')).toMatchObject({ created: true });
  });

  it('keeps its record when a page asks for output that was never written', async () => {
    const { port } = await platform.gateway();
    const { agent, address } = await platform.agent();
    const browser = await ready(await platform.browser(port, 's-1', address));
    browser.socket.terminate();
    await until(() => agent.sessions.detached === 1, 'the detachment');
    const wrong = await platform.browser(port, 's-1', address, { hello: { lastSeq: 1_000_000 } });
    expect(await closed(wrong)).toMatchObject({ code: 4400 });
    expect(await platform.redis.hget('session:s-1', 'user')).toBe('u-1');
    expect(await platform.redis.zcard('session:user:u-1')).toBe(1);
    const again = await ready(await platform.browser(port, 's-1', address, { resume: browser }));
    expect(again.said('ready')).toMatchObject({ created: false });
  });

  it('says that its node is gone, and closes when it does not come back', async () => {
    const { port } = await platform.gateway({ agentReconnectWindow: 300 });
    const { agent, address, sever } = await platform.agent();
    const browser = await ready(await platform.browser(port, 's-1', address));
    agent.server.close();
    sever();
    await until(() => browser.heard.some(({ code }) => code === 'agent-unreachable'), 'the notice');
    expect(await closed(browser)).toMatchObject({ code: 4503 });
  });
});

describe('the link to a node', () => {
  it('breaks again and again without a lost or doubled byte on the screen', async () => {
    const { port } = await platform.gateway();
    const { address, sever } = await platform.agent({ account: FLOOD });
    const browser = await ready(await platform.browser(port, 's-1', address));
    for (let breaks = 1; breaks <= 5; breaks++) {
      const seen = browser.seq;
      await until(() => browser.seq > seen + 50_000 || browser.close, 'more output');
      sever();
      const backs = () => browser.heard.filter(({ code }) => code === 'agent-back').length;
      await until(() => backs() >= breaks || browser.close, 'the renewal');
    }
    expect(await closed(browser)).toMatchObject({ code: 1000 });
    expect(browser.hash.digest('hex')).toBe(floodHash());
  });

  it('is made anew for a hello, if it has closed since the handshake', async () => {
    const { gateway, port } = await platform.gateway();
    const { address, sever } = await platform.agent();
    const browser = await platform.browser(port, 's-1', address, { hello: false });
    await until(() => gateway.agents.connected === 1, 'the link');
    sever();
    await until(() => gateway.agents.connected === 0, 'the break');
    browser.tell({ type: 'hello', cols: 80, rows: 24 });
    await ready(browser);
  });

  it('that was in vain for the handshake is tried again for the hello', async () => {
    const { port } = await platform.gateway();
    const { address, hangUp } = await platform.agent();
    const answer = hangUp();
    const browser = await platform.browser(port, 's-1', address, { hello: false });
    await new Promise((done) => setTimeout(done, 300));
    answer();
    browser.tell({ type: 'hello', cols: 80, rows: 24 });
    await ready(browser);
  });

  it('to a node that never answers is not waited for', async () => {
    const { port } = await platform.gateway({ timeouts: { opening: 1000 } });
    const browser = await platform.browser(port, 's-1', '127.0.0.1:1');
    expect(await closed(browser)).toMatchObject({ code: 4503 });
  });

  it('asks for what was typed while it was broken', async () => {
    const { port } = await platform.gateway();
    const { address, sever } = await platform.agent();
    const browser = await ready(await platform.browser(port, 's-1', address));
    sever();
    await until(() => browser.heard.some(({ code }) => code === 'agent-unreachable'), 'the notice');
    const line = 'echo once-$((6*7))\n';
    browser.send(line);
    const again = await until(() => browser.heard.find(({ resend }) => resend === true), 'the wish to send again');
    if (again['seq'] === 0) {
      browser.input = 0;
      browser.send(line);
    }
    await until(() => browser.text.includes('once-42'), 'the echo');
  });
});
