/** Agent and gateways as processes, as a platform runs them: configuration, signals, exit codes, admin. */
import { createHash } from 'node:crypto';
import { startRedisMirror, type Change } from '@launchgate/runtime/denylist';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { verifyChain, type AuditEvent } from '@launchgate/runtime/audit';
import { handDenylist } from './denylist.ts';
import { until } from './platform.ts';
import { startProcesses, type Processes, type Service } from './processes.ts';

const COUNT = 200_000;

let processes: Processes;
beforeAll(async () => {
  processes = await startProcesses();
});
afterAll(() => processes.stop());

const hash = () =>
  createHash('sha256')
    .update(Array.from({ length: COUNT }, (_, i) => `${i + 1}\n`).join(''))
    .digest('hex');

/** The deny-list as the API has it in Redis. Answers how to revoke. */
async function mirroredDenylist(): Promise<(kind: Change['kind'], value: string) => void> {
  const { denylist, read, revoke } = await handDenylist();
  read();
  const { redis } = processes;
  const mirror = startRedisMirror({ denylist, redis, heartbeatEveryMs: 200 });
  onTestFinished(async () => {
    await mirror.stop();
    await denylist.stop();
    await redis.del('denylist', 'denylist:snapshot');
  });
  return (kind, value) => revoke({ kind, value });
}

/** The trail as its reader takes it out of the log. */
function auditOf(log: string): AuditEvent[] {
  return log
    .split('\n')
    .filter((line) => line.includes('"audit":'))
    .map((line) => (JSON.parse(line) as { audit: AuditEvent }).audit);
}

describe('agent and gateways as processes', () => {
  it('keep a session over a SIGTERM, a SIGKILL and a second signal of the gateway under it, byte for byte', async () => {
    const node = await processes.agent();
    const gateways = await Promise.all([processes.gateway(), processes.gateway(), processes.gateway()]);
    const [a, b, c] = gateways as [Service, Service, Service];
    let browser = await processes.connect(a, 's-roll');
    // No shell reads here, which would echo and edit: what is written is what the terminal passes on.
    browser.send(`exec sh -c 'stty raw -echo; echo begin; head -c 1 >/dev/null; seq 1 ${COUNT}; sleep 600'\n`);
    await until(() => browser.text.includes('begin\n'), 'the beginning');
    browser.hash = createHash('sha256');
    browser.send('x');
    await until(() => browser.seq > 200_000, 'output');

    a.process.signal('SIGTERM');
    const notice = await until(() => browser.said('drain'), 'the notice');
    expect(notice['reason']).toBe('restart');
    expect((await fetch(`http://127.0.0.1:${a.health}/readyz`)).status).toBe(503);
    browser.socket.removeAllListeners('message');
    const old = browser;
    browser = await processes.connect(b, 's-roll', old);
    expect(await until(() => old.close, 'the close')).toMatchObject({ code: 1012 });
    expect(await a.exited).toBe(0);

    const before = browser.seq;
    await until(() => browser.seq > before + 100_000 || browser.text.endsWith(`${COUNT}\n`), 'more output');
    b.process.signal('SIGKILL');
    expect(await until(() => browser.close, 'the loss')).toMatchObject({ code: 1006 });
    browser = await processes.connect(c, 's-roll', browser);
    expect(browser.said('ready')?.['gap']).toBeUndefined();
    await until(() => browser.text.endsWith(`${COUNT}\n`), 'the end');
    expect(browser.hash.digest('hex')).toBe(hash());

    c.process.signal('SIGTERM');
    await until(() => browser.said('drain'), 'the notice');
    c.process.signal('SIGINT');
    expect(await c.exited).toBe(3);
    node.process.signal('SIGTERM');
    expect(await node.exited).toBe(0);
  }, 90_000);

  it('have a line for what passes no route, and pass over upgrades that are none of theirs', async () => {
    await processes.agent();
    const service = await processes.gateway();
    const heads = [
      'GET /x HTTP/1.1\r\nHost: x\r\nExpect: cake',
      'CONNECT a:1 HTTP/1.1\r\nHost: a:1',
      'GET /%ff HTTP/1.1\r\nHost: x',
      'GET /x HTTP/1.1',
      'GET /x HTTP/1.1\r\nHost: x\r\nHost: y',
      'GET /ws/terminal/s-1 HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade',
    ];
    const answers = [];
    for (const head of heads) answers.push((await processes.say(service, head)).slice(9, 12));
    expect(answers).toEqual(['417', '405', '400', '400', '400', '404']);
    const lines = () =>
      service.process
        .output()
        .split('\n')
        .filter((line) => line.includes('"msg":"request"'));
    await until(() => lines().length >= heads.length, 'the lines');
    const logged = lines().map((line) => JSON.parse(line) as { status: number; request_id?: string; upgrade?: true });
    expect(logged.map(({ status }) => String(status))).toEqual(answers);
    expect(logged.every(({ request_id }) => request_id !== undefined)).toBe(true);
    expect(logged.at(-1)?.upgrade).toBeUndefined();
  });

  it('list and kill for operators, count, and refuse others; what is done is on record at every level of the log', async () => {
    const node = await processes.agent();
    const service = await processes.gateway({ LOG_LEVEL: 'error' });
    const browser = await processes.connect(service, 's-admin');
    const listed = JSON.parse((await processes.admin(service, 'GET', '/admin/sessions?user=u-1')).text);
    expect(listed.sessions).toMatchObject([{ session: 's-admin', user: 'u-1', node: 'node-1', state: 'live' }]);
    expect(JSON.stringify(listed)).not.toContain('ticket');
    const stranger = await processes.authority.issue('stranger', { spiffe: 'spiffe://test/ns/x/sa/stranger' });
    expect((await processes.admin(service, 'GET', '/admin/sessions', undefined, stranger)).status).toBe(403);
    expect((await processes.admin(service, 'DELETE', '/admin/sessions/s-admin', {})).status).toBe(400);
    expect((await processes.admin(service, 'DELETE', '/admin/sessions/s-admin', { reason: 'test' })).status).toBe(204);
    expect(await until(() => browser.close, 'the close')).toMatchObject({ code: 4410 });
    expect((await processes.admin(service, 'DELETE', '/admin/sessions/unknown', { reason: 'test' })).status).toBe(404);
    const figures = await (await fetch(`http://127.0.0.1:${service.metrics}/metrics`)).text();
    expect(figures).toContain('terminal_session_opens_total{service="terminal-gateway",result="ok"} 1');
    expect(figures).toContain('terminal_session_closes_total{service="terminal-gateway",reason="killed"} 1');
    // The shell is given time to end by itself, and is counted once it has.
    await until(
      async () =>
        (await (await fetch(`http://127.0.0.1:${node.metrics}/metrics`)).text()).includes(
          'agent_session_ends_total{reason="killed"} 1',
        ),
      'the end of the shell',
    );
    const trail = await until(() => {
      const events = auditOf(service.process.output());
      return events.length === 3 ? events : undefined;
    }, 'the events of the trail');
    expect(trail).toMatchObject([
      { action: 'terminal.admin', outcome: 'denied', actor: { id: 'unverified' } },
      { action: 'terminal.kill', outcome: 'success', target: { kind: 'terminal', id: 's-admin' }, reason: 'test' },
      { action: 'terminal.kill', outcome: 'failure', target: { kind: 'terminal', id: 'unknown' } },
    ]);
    expect(await verifyChain(trail)).toMatchObject({ state: 'sound', count: 3 });
    const [first, ...others] = trail;
    expect(await verifyChain([{ ...first!, outcome: 'success' }, ...others])).toMatchObject({
      state: 'broken',
      seq: 1,
    });
    expect(service.process.output()).not.toMatch(/eyJ[A-Za-z0-9_-]{10,}/);
  }, 60_000);

  it('end what was opened with a token whose signing key is revoked, whether it is shown or not', async () => {
    const node = await processes.agent();
    const revoke = await mirroredDenylist();
    const service = await processes.gateway({ DENYLIST_WHEN_STALE: 'closed' });
    const open = (session: string, akid: string) =>
      until(() => processes.connect(service, session, undefined, { akid }).catch(() => undefined), session);
    const [shown, left, other] = [
      await open('s-shown', 'k-1'),
      await open('s-left', 'k-1'),
      await open('s-other', 'k-2'),
    ];
    left.socket.terminate();
    const figures = async () => (await fetch(`http://127.0.0.1:${node.metrics}/metrics`)).text();
    await until(async () => (await figures()).includes('agent_sessions_detached 1'), 'the detachment');
    revoke('key', 'k-1');
    expect(await until(() => shown.close, 'the close')).toEqual({ code: 1008, reason: 'revoked' });
    // The gateways of the tests before look for it too, and may not reach this node.
    const both = async () => (await figures()).includes('agent_session_ends_total{reason="killed"} 2');
    await until(both, 'both ends', 80).catch(async (error: unknown) => {
      throw new Error([await figures(), service.process.output(), node.process.output()].join('\n'), { cause: error });
    });
    expect(other.close).toBeUndefined();
    await expect(processes.connect(service, 's-new', undefined, { akid: 'k-1' })).rejects.toThrow('refused 401');
  }, 150_000);

  it.each([
    ['terminal-gateway', { ALLOWED_ORIGINS: 'console.test' }, 'ALLOWED_ORIGINS'],
    ['terminal-gateway', { DEPLOYMENT_ENVIRONMENT: 'production', PARTS_OFF: 'drain' }, 'PARTS_OFF'],
    ['node-agent', { GATEWAY_IDENTITIES: '' }, 'GATEWAY_IDENTITIES'],
    ['node-agent', { RING_BYTES: '1024' }, 'RING_BYTES'],
  ])('%s refuses a configuration that is wrong, and names it', async (name, environment, variable) => {
    const service = await processes.start(name, name, environment);
    expect(await service.exited).toBe(78);
    expect(service.process.output()).toContain(variable);
  });
});
