/** Agent and gateways as processes of their own, beside a Redis with the rights of the reference platform, for the tests that need real ones. */
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as dial } from 'node:tls';
import { Redis } from 'ioredis';
import { makeAuthority, type CertificateFiles, type TestAuthority } from '../../../test/servers/certificates.ts';
import { exampleAcl } from '../../../test/servers/example-access.ts';
import { accepts, freePort, startProcess, untilReady, type ServerProcess } from '../../../test/servers/process.ts';
import { startRedis } from '../../../test/servers/redis.ts';
import { openBrowser, type Browser } from './browser.ts';
import { until } from './platform.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PASSWORD = 'a-password';
const OPERATOR = 'spiffe://test/ns/ops/sa/operator';
/** The guard never reaches loopback. */
const HOST =
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '';

export interface Service {
  readonly process: ServerProcess;
  readonly port: number;
  readonly health: number;
  readonly metrics: number;
  readonly exited: Promise<number | null>;
}

export interface Processes {
  readonly authority: TestAuthority;
  readonly redis: Redis;
  /** A program of this repository, with a certificate of an account. It need not come up. */
  start(name: string, account: string, environment: Record<string, string>): Promise<Service>;
  /** Gateways and tickets that come after it are for this node. */
  agent(environment?: Record<string, string>): Promise<Service>;
  gateway(environment?: Record<string, string>): Promise<Service>;
  /** Rejects where the terminal is refused, or closed before it is shown. */
  connect(service: Service, session: string, resume?: Browser, claims?: object): Promise<Browser>;
  /** Asks as an operator, or as somebody else. */
  admin(
    service: Service,
    method: string,
    path: string,
    body?: object,
    as?: CertificateFiles,
  ): Promise<{ status: number; text: string }>;
  /** Sends a head of HTTP as it is, as an operator, and answers all that comes back until the connection ends. */
  say(service: Service, head: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startProcesses(): Promise<Processes> {
  const keys = generateKeyPairSync('ed25519');
  const services: ServerProcess[] = [];
  let agentPort = 0;
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-terminal-'));
  const authority = await makeAuthority();
  const client = await authority.issue('redis-client');
  const redisServer = await startRedis({
    tls: await authority.issue('redis'),
    // The rights of the reference platform, and somebody who looks and writes tickets.
    acl: [...exampleAcl(PASSWORD), `user operator on >${PASSWORD} ~* &* +@all`],
  });
  const redis = new Redis(redisServer.port, 'localhost', {
    username: 'operator',
    password: PASSWORD,
    tls: pems(client),
  });
  writeFileSync(join(folder, 'ticket.pem'), keys.publicKey.export({ type: 'spki', format: 'pem' }));
  const operator = await authority.issue('operator', { spiffe: OPERATOR });

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
    agentPort = service.port;
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

  async function say({ port }: Service, head: string): Promise<string> {
    const socket = dial({ ...pems(operator), host: 'localhost', port });
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString())).on('error', () => {});
    socket.write(/\r\nconnection:/i.test(head) ? `${head}\r\n\r\n` : `${head}\r\nConnection: close\r\n\r\n`);
    await until(() => socket.closed || answer.includes('\r\n\r\n'), 'the answer');
    socket.destroy();
    return answer;
  }

  return {
    authority,
    redis,
    start,
    agent,
    gateway,
    connect,
    admin,
    say,
    async stop() {
      redis.disconnect();
      await Promise.all(services.map((service) => service.stop()));
      await redisServer.stop();
      for (const path of [folder, authority.folder]) rmSync(path, { recursive: true, force: true });
    },
  };
}

const pems = ({ cert, key, ca }: CertificateFiles) => ({
  cert: readFileSync(cert),
  key: readFileSync(key),
  ca: readFileSync(ca),
});
