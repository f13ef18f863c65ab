/** Who was revoked keeps no shell, whether a browser shows it or not, and whatever of the access token the revocation names. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Change } from '@launchgate/runtime/denylist';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RedisServer } from '../../../test/servers/redis.ts';
import { standingBy } from '../src/standing.ts';
import type { Bearer } from '../src/tickets.ts';
import { handDenylist } from './denylist.ts';
import { until, type Platform, type RunningAgent } from './platform.ts';
import { sharePlatform } from './shared-platform.ts';
import { ready } from './sessions.ts';

let server: RedisServer;
let platform: Platform;
sharePlatform((made, redis) => ([platform, server] = [made, redis]));

/** Sessions that were open and that nobody looks at any more. */
async function leave({ agent, address }: RunningAgent, sessions: Record<string, object>): Promise<void> {
  const { port } = await platform.gateway();
  for (const [session, claims] of Object.entries(sessions)) {
    const before = agent.sessions.detached;
    const browser = await ready(await platform.browser(port, session, address, { claims }));
    browser.socket.terminate();
    await until(() => agent.sessions.detached > before, 'the detachment');
  }
}

/** A way to a node on which its answers can be held back. */
async function wayTo(address: string) {
  const answers: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(Number(address.split(':')[1]), '127.0.0.1');
    answers.push(far);
    near.on('data', (bytes) => far.write(bytes)).on('close', () => far.destroy());
    far.on('data', (bytes) => near.write(bytes)).on('close', () => near.destroy());
    for (const end of [near, far]) end.on('error', () => end.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: () => answers.map((answer) => answer.pause()),
    release: () => answers.map((answer) => answer.resume()),
  };
}

describe('a shell that nobody looks at', () => {
  it('is ended once its user or login is revoked, by gateways that never showed it, and no other is', async () => {
    const node = await platform.agent();
    await leave(node, { 's-1': { sub: 'u-1' }, 's-2': { sub: 'u-2' }, 's-3': { sub: 'u-2', sid: 'login-2' } });
    const revoked = new Set<string | undefined>();
    const standing = ({ sub, sid }: Bearer) => (revoked.has(sub) || revoked.has(sid) ? 'revoked' : 'good');
    const [one, other] = [await platform.gateway({ standing }), await platform.gateway({ standing })];
    await one.gateway.sweep();
    expect(node.agent.sessions.size).toBe(3);
    revoked.add('u-1').add('login-2');
    await Promise.all([one.gateway.sweep(), other.gateway.sweep()]);
    await until(() => node.agent.sessions.size === 1, 'the end of two');
    await one.gateway.sweep();
    expect(await platform.redis.zrange('session::all', 0, '-1')).toEqual(['s-2']);
    expect(await platform.redis.exists('session:s-1', 'session:s-3')).toBe(0);
  });

  it('is ended also when its browser went before its node had answered', async () => {
    const node = await platform.agent();
    const { port } = await platform.gateway();
    const way = await wayTo(node.address);
    // With the link to the node up, it hears of a session at once.
    const shown = await ready(await platform.browser(port, 's-shown', way.address));
    way.hold();
    const browser = await platform.browser(port, 's-late', way.address);
    await until(() => node.agent.sessions.size === 2, 'the shell');
    browser.socket.terminate();
    await until(() => node.agent.sessions.detached === 1, 'the detachment');
    way.release();
    expect(await platform.redis.hget('session:s-late', 'open')).toBe('0');
    const { gateway } = await platform.gateway({ standing: () => 'revoked' });
    await gateway.sweep();
    await until(() => node.agent.sessions.size === 0, 'the end');
    expect(await until(() => shown.close, 'the close')).toMatchObject({ code: 4410 });
  });

  it('is found by an operator, though one had asked for its end before it was there', async () => {
    const node = await platform.agent();
    const { gateway, port } = await platform.gateway();
    const browser = await platform.browser(port, 's-1', node.address, { hello: false });
    expect(await gateway.kill('s-1', 'too early')).toBe(false);
    browser.tell({ type: 'hello', cols: 80, rows: 24 });
    await ready(browser);
    await until(() => platform.redis.hget('session:s-1', 'node').then((name) => name !== null), 'the record');
    browser.socket.terminate();
    await until(() => node.agent.sessions.detached === 1, 'the detachment');
    expect(await gateway.kill('s-1', 'now')).toBe(true);
    await until(() => node.agent.sessions.size === 0, 'the end');
  });

  it('is tried again when its node did not answer', async () => {
    const node = await platform.agent();
    await leave(node, { 's-1': {} });
    const answer = node.hangUp();
    const lines: string[] = [];
    const note = (_fields: object, message: string) => void lines.push(message);
    const { gateway } = await platform.gateway({
      standing: () => 'revoked',
      log: { info: note, warn: note, error: note },
    });
    expect(await gateway.sweep()).toBe(false);
    expect(node.agent.sessions.size).toBe(1);
    expect(lines).toContain('sessions of revoked users or tokens could not be ended; they are tried again');
    answer();
    await gateway.sweep();
    await until(() => node.agent.sessions.size === 0, 'the end');
  });

  it('is left to others by a gateway that may not reach its node', async () => {
    const node = await platform.agent();
    await leave(node, { 's-1': {} });
    const elsewhere = await platform.gateway({ standing: () => 'revoked', mayReach: () => false });
    expect(await elsewhere.gateway.sweep()).toBe(false);
    await expect(elsewhere.gateway.kill('s-1', 'test')).rejects.toThrow('outside of NODE_AGENT_CIDRS');
    expect(node.agent.sessions.size).toBe(1);
    const { gateway } = await platform.gateway({ standing: () => 'revoked' });
    expect(await gateway.sweep()).toBe(true);
    await until(() => node.agent.sessions.size === 0, 'the end');
  });

  it('is looked for again when Redis did not answer', async () => {
    const node = await platform.agent();
    await leave(node, { 's-1': {} });
    const { gateway } = await platform.gateway({ standing: () => 'revoked', redisDeadline: 200 });
    server.signal('SIGSTOP');
    try {
      expect(await gateway.sweep()).toBe(false);
    } finally {
      server.signal('SIGCONT');
    }
    await gateway.sweep();
    await until(() => node.agent.sessions.size === 0, 'the end');
  });

  it('that is shown again, after a new login, lives', async () => {
    const node = await platform.agent();
    await leave(node, { 's-1': { sid: 'login-1' } });
    const standing = ({ sid }: Bearer) => (sid === 'login-1' ? 'revoked' : 'good');
    const { gateway, port } = await platform.gateway({ standing });
    const browser = await platform.browser(port, 's-1', node.address, { claims: { sid: 'login-2' }, hello: false });
    await gateway.sweep();
    browser.tell({ type: 'hello', cols: 80, rows: 24 });
    await ready(browser);
    const elsewhere = await platform.gateway({ standing });
    await until(async () => (await platform.redis.hget('session:s-1', 'sid')) === 'login-2', 'the record');
    await elsewhere.gateway.sweep();
    await sleep(300);
    expect(browser.close).toBeUndefined();
    expect(node.agent.sessions.size).toBe(1);
  });
});

type Revocation = Pick<Change, 'kind' | 'value' | 'issuedBefore'>;

describe('the deny-list', () => {
  const bearer: Bearer = {
    sub: 'u-1',
    tenant: 't-1',
    sid: 'login-1',
    ati: 'token-1',
    aiat: 100,
    akid: 'key-1',
    iat: 200,
  };
  const revocations: [what: string, revocation: Revocation, bearer: Bearer, standing: string][] = [
    ['the signing key', { kind: 'key', value: 'key-1' }, bearer, 'revoked'],
    ['another signing key', { kind: 'key', value: 'key-2' }, bearer, 'good'],
    ['a signing key, of a ticket without one', { kind: 'key', value: 'key-1' }, { sub: 'u-1', iat: 200 }, 'good'],
    ['the access token', { kind: 'token', value: 'token-1' }, bearer, 'revoked'],
    ['the tenant', { kind: 'tenant', value: 't-1' }, bearer, 'revoked'],
    ['the login', { kind: 'session', value: 'login-1' }, bearer, 'revoked'],
    ['the terminal itself, whose rental has ended', { kind: 'session', value: 'terminal-1' }, bearer, 'revoked'],
    ['another terminal', { kind: 'session', value: 'terminal-2' }, bearer, 'good'],
    ['what was issued before', { kind: 'issued-before', value: '*', issuedBefore: 150 }, bearer, 'revoked'],
    [
      'what is older than a ticket',
      { kind: 'issued-before', value: '*', issuedBefore: 150 },
      { sub: 'u-1', iat: 200 },
      'good',
    ],
  ];
  it.each(revocations)('that names %s', async (_what, revocation, who, expected) => {
    const { denylist, revoke } = await handDenylist();
    onTestFinished(() => denylist.stop());
    const standing = standingBy(denylist, { whenStale: 'closed' });
    expect(standing(who, 'terminal-1')).toBe('unknown');
    revoke(revocation);
    expect(standing(who, 'terminal-1')).toBe(expected);
  });
});
