/** Agent and gateways as processes, as a platform runs them: configuration, signals, exit codes, admin. */
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startRedisMirror, type Change } from '@launchgate/runtime/denylist';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { makeAuthority, type CertificateFiles, type TestAuthority } from '../../../test/servers/certificates.ts';
import { exampleAcl } from '../../../test/servers/example-access.ts';
import { accepts, freePort, startProcess, untilReady, type ServerProcess } from '../../../test/servers/process.ts';
import { startRedis, type RedisServer } from '../../../test/servers/redis.ts';
import { verifyChain, type AuditEvent } from '@launchgate/runtime/audit';
import { openBrowser, type Browser } from './browser.ts';
import { handDenylist } from './denylist.ts';
import { until } from './platform.ts';

const ROOT = join(import.meta.dirname, '../../..');
const COUNT = 200_000;
const PASSWORD = 'a-password';
const OPERATOR = 'spiffe://test/ns/ops/sa/operator';
/** The guard never reaches loopback. */
const HOST =
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '';

interface Service {
  readonly process: ServerProcess;
  readonly port: number;
  readonly health: number;
  readonly metrics: number;
  readonly exited: Promise<number | null>;
}

let authority: TestAuthority;
let redisServer: RedisServer;
let redis: Redis;
let folder: string;
let operator: CertificateFiles;
const keys = generateKeyPairSync('ed25519');
const services: ServerProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'launchgate-terminal-'));
  authority = await makeAuthority();
  const client = await authority.issue('redis-client');
  redisServer = await startRedis({
    tls: await authority.issue('redis'),
    // The rights of the reference platform, and somebody who looks and writes tickets.
    acl: [...exampleAcl(PASSWORD), `user operator on >${PASSWORD} ~* &* +@all`],
  });
  redis = new Redis(redisServer.port, 'localhost', { username: 'operator', password: PASSWORD, tls: pems(client) });
  writeFileSync(join(folder, 'ticket.pem'), keys.publicKey.export({ type: 'spki', format: 'pem' }));
  operator = await authority.issue('operator', { spiffe: OPERATOR });
});
afterAll(async () => {
  redis.disconnect();
  await Promise.all(services.map((service) => service.stop()));
  await redisServer.stop();
  for (const path of [folder, authority.folder]) rmSync(path, { recursive: true, force: true });
});

const pems = ({ cert, key, ca }: CertificateFiles) => ({
  cert: readFileSync(cert),
  key: readFileSync(key),
  ca: readFileSync(ca),
});

async function start(name: string, account: string, environment: Record<string, string>): Promise<Service> {
  const [port, health, metrics] = [await freePort(), await freePort(), await freePort()];
  const { cert, key, ca } = await authority.issue(name, { spiffe: `spiffe://test/ns/x/sa/${account}` });
  const cwd = mkdtempSync(join(folder, 'run-'));
  const process = startProcess(
    cwd,
    join(ROOT, 'node_modules/node/bin/node'),
    ['--conditions=launchgate-source', join(ROOT, `services/${name}/src/main.ts`)],
    {
      env: {
        DEPLOYMENT_ENVIRONMENT: 'lab',
        TLS_CERT_FILE: cert,
        TLS_KEY_FILE: key,
        TLS_CA_FILE: ca,
        HTTP_ADDR: `127.0.0.1:${port}`,
        AGENT_ADDR: `${HOST}:${port}`,
        HEALTH_ADDR: `127.0.0.1:${health}`,
        METRICS_ADDR: `127.0.0.1:${metrics}`,
        SHUTDOWN_PROPAGATION_DELAY: '0s',
        SHUTDOWN_DRAIN_WINDOW: '6s',
        ...environment,
      },
    },
  );
  services.push(process);
  const exited = new Promise<number | null>((resolve) => process.process.once('exit', resolve));
  return { process, port, health, metrics, exited };
}

async function agent(environment: Record<string, string> = {}): Promise<Service> {
  const service = await start('node-agent', 'node-agent', {
    GATEWAY_IDENTITIES: 'spiffe://test/ns/x/sa/terminal-gateway',
    NODE_ID: 'node-1',
    SHELL_HOME: '/tmp',
    ...environment,
  });
  await untilReady(service.process, () => accepts(service.health));
  return service;
}

async function gateway(environment: Record<string, string> = {}): Promise<Service> {
  const service = await start('terminal-gateway', 'terminal-gateway', {
    POD_NAME: `pod-${services.length}`,
    TERMINAL_TICKET_PUBLIC_KEY_FILE: join(folder, 'ticket.pem'),
    ALLOWED_ORIGINS: 'https://console.test',
    REDIS_ADDR: `localhost:${redisServer.port}`,
    REDIS_USER: 'terminal-gateway',
    REDIS_PASSWORD: PASSWORD,
    NODE_AGENT_CIDRS: `${HOST}/32`,
    NODE_AGENT_PORTS: String(agentPort),
    NODE_AGENT_IDENTITIES: 'spiffe://test/ns/x/sa/node-agent',
    ADMIN_IDENTITIES: OPERATOR,
    DENYLIST_WHEN_STALE: 'open',
    WS_CLOSE_WAIT: '1s',
    // The machine may be busy; that a hanging Redis is not waited for is shown elsewhere.
    REDIS_TIMEOUT: '5s',
    ...environment,
  });
  await untilReady(service.process, () => accepts(service.port));
  return service;
}
let agentPort = 0;

async function ticket(session: string, more: object = {}): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const { crv, kty, x } = keys.publicKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
  const claims = {
    jti: randomUUID(),
    sub: 'u-1',
    ses: session,
    node: 'node-1',
    nodeAddr: `${HOST}:${agentPort}`,
    origin: 'https://console.test',
    iat,
    exp: iat + 30,
    ...more,
  };
  const signed = `${encode({ alg: 'EdDSA', kid, typ: 'ticket+jwt' })}.${encode(claims)}`;
  const made = `${signed}.${sign(null, Buffer.from(signed), keys.privateKey).toString('base64url')}`;
  await redis.set(`ticket:${createHash('sha256').update(made).digest('hex')}`, '{}', 'EX', 30);
  return made;
}

async function connect(service: Service, session: string, resume?: Browser, claims?: object): Promise<Browser> {
  const { ca, cert, key } = pems(operator);
  const browser = await openBrowser(service.port, session, await ticket(session, claims), {
    ca,
    client: { cert, key },
    ...(resume === undefined ? {} : { resume }),
  });
  await until(() => browser.said('ready') ?? browser.close, 'ready');
  if (browser.close !== undefined) throw new Error(`closed: ${JSON.stringify(browser.close)}`);
  return browser;
}

function admin(
  service: Service,
  method: string,
  path: string,
  body?: object,
  as = operator,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const options = { ...pems(as), host: 'localhost', port: service.port, method, path };
    const asked = request({ ...options, ...(body === undefined ? {} : { headers }) }, (response) => {
      let answer = '';
      response.on('data', (chunk: Buffer) => (answer += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: answer }));
    });
    asked.on('error', reject);
    asked.end(text);
  });
}

const hash = () =>
  createHash('sha256')
    .update(Array.from({ length: COUNT }, (_, i) => `${i + 1}\n`).join(''))
    .digest('hex');

/** The deny-list as the API has it in Redis. Answers how to revoke. */
async function mirroredDenylist(): Promise<(kind: Change['kind'], value: string) => void> {
  const { denylist, read, revoke } = await handDenylist();
  read();
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
  it('keep a session over a SIGTERM, a SIGKILL and a second SIGTERM of the gateway under it, byte for byte', async () => {
    const node = await agent();
    agentPort = node.port;
    const gateways = await Promise.all([gateway(), gateway(), gateway()]);
    const [a, b, c] = gateways as [Service, Service, Service];
    let browser = await connect(a, 's-roll');
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
    browser = await connect(b, 's-roll', old);
    expect(await until(() => old.close, 'the close')).toMatchObject({ code: 1012 });
    expect(await a.exited).toBe(0);

    const before = browser.seq;
    await until(() => browser.seq > before + 100_000 || browser.text.endsWith(`${COUNT}\n`), 'more output');
    b.process.signal('SIGKILL');
    expect(await until(() => browser.close, 'the loss')).toMatchObject({ code: 1006 });
    browser = await connect(c, 's-roll', browser);
    expect(browser.said('ready')?.['gap']).toBeUndefined();
    await until(() => browser.text.endsWith(`${COUNT}\n`), 'the end');
    expect(browser.hash.digest('hex')).toBe(hash());

    c.process.signal('SIGTERM');
    await until(() => browser.said('drain'), 'the notice');
    c.process.signal('SIGTERM');
    expect(await c.exited).toBe(3);
    node.process.signal('SIGTERM');
    expect(await node.exited).toBe(0);
  }, 90_000);

  it('list and kill for operators, count, and refuse others', async () => {
    const node = await agent();
    agentPort = node.port;
    const service = await gateway();
    const browser = await connect(service, 's-admin');
    const listed = JSON.parse((await admin(service, 'GET', '/admin/sessions?user=u-1')).text);
    expect(listed.sessions).toMatchObject([{ session: 's-admin', user: 'u-1', node: 'node-1', state: 'live' }]);
    expect(JSON.stringify(listed)).not.toContain('ticket');
    const stranger = await authority.issue('stranger', { spiffe: 'spiffe://test/ns/x/sa/stranger' });
    expect((await admin(service, 'GET', '/admin/sessions', undefined, stranger)).status).toBe(403);
    expect((await admin(service, 'DELETE', '/admin/sessions/s-admin', {})).status).toBe(400);
    expect((await admin(service, 'DELETE', '/admin/sessions/s-admin', { reason: 'test' })).status).toBe(204);
    expect(await until(() => browser.close, 'the close')).toMatchObject({ code: 4410 });
    expect((await admin(service, 'DELETE', '/admin/sessions/unknown', { reason: 'test' })).status).toBe(404);
    const figures = await (await fetch(`http://127.0.0.1:${service.metrics}/metrics`)).text();
    expect(figures).toContain('terminal_session_opens_total{service="terminal-gateway",result="ok"} 1');
    expect(figures).toContain('terminal_session_closes_total{service="terminal-gateway",reason="killed"} 1');
    expect(await (await fetch(`http://127.0.0.1:${node.metrics}/metrics`)).text()).toContain(
      'agent_session_ends_total{reason="killed"} 1',
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
    const node = await agent();
    agentPort = node.port;
    const revoke = await mirroredDenylist();
    const service = await gateway({ DENYLIST_WHEN_STALE: 'closed' });
    const open = (session: string, akid: string) =>
      until(() => connect(service, session, undefined, { akid }).catch(() => undefined), session);
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
    await expect(connect(service, 's-new', undefined, { akid: 'k-1' })).rejects.toThrow('refused 401');
  }, 150_000);

  it.each([
    ['terminal-gateway', { ALLOWED_ORIGINS: 'console.test' }, 'ALLOWED_ORIGINS'],
    ['terminal-gateway', { DEPLOYMENT_ENVIRONMENT: 'production', PARTS_OFF: 'drain' }, 'PARTS_OFF'],
    ['node-agent', { GATEWAY_IDENTITIES: '' }, 'GATEWAY_IDENTITIES'],
    ['node-agent', { RING_BYTES: '1024' }, 'RING_BYTES'],
  ])('%s refuses a configuration that is wrong, and names it', async (name, environment, variable) => {
    const service = await start(name, name, environment);
    expect(await service.exited).toBe(78);
    expect(service.process.output()).toContain(variable);
  });
});
