/** A platform in one process: a real Redis, agents with real shells, gateways over real TLS, and whoever signs tickets. */
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Redis } from 'ioredis';
import { createAgent, type Agent, type AgentOptions } from '@launchgate/node-agent';
import {
  createGateway,
  readTicketKeys,
  serveTerminals,
  type Gateway,
  type GatewayOptions,
} from '@launchgate/terminal-gateway';
import { openBrowser, type Browser, type BrowserOptions } from './browser.ts';

const GATEWAY = 'spiffe://test/ns/terminal/sa/terminal-gateway';
export const ORIGIN = 'https://console.test';

interface Files {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}
export interface Authority {
  readonly folder: string;
  issue(name: string, options?: { dns?: readonly string[]; spiffe?: string }): Promise<Files>;
}

export interface RunningGateway {
  readonly gateway: Gateway;
  readonly server: Server;
  readonly port: number;
}

export interface RunningAgent {
  readonly agent: Agent;
  readonly address: string;
  /** Destroys its connections, as a broken network does. */
  sever(): void;
  /** Hangs up on everybody until the answer is called. It keeps its port meanwhile: one that is given back may be another's by then. */
  hangUp(): () => void;
}

export interface Platform {
  readonly redis: Redis;
  /** PEM of the authority. */
  readonly ca: Buffer;
  gateway(options?: Partial<GatewayOptions>): Promise<RunningGateway>;
  agent(options?: Partial<AgentOptions>, port?: number): Promise<RunningAgent>;
  /** A ticket as the api makes it, stored unless `stored` is false. */
  ticket(session: string, address: string, claims?: object, stored?: boolean): Promise<string>;
  browser(
    port: number,
    session: string,
    address: string,
    options?: Partial<BrowserOptions> & { claims?: object },
  ): Promise<Browser>;
  /** Ends gateways and agents; `stop` the rest. */
  clean(): Promise<void>;
  stop(): void;
}

const read = ({ cert, key, ca }: Files) => ({ cert: readFileSync(cert), key: readFileSync(key), ca: readFileSync(ca) });

export async function startPlatform(authority: Authority, redisUrl: string): Promise<Platform> {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 0, enableOfflineQueue: false, lazyConnect: true });
  redis.on('error', () => {});
  await redis.connect();
  const pems = read(await authority.issue('terminal-gateway', { spiffe: GATEWAY }));
  const agentPems = read(await authority.issue('node-agent', { spiffe: 'spiffe://test/ns/node-agents/sa/node-agent' }));
  const keys = generateKeyPairSync('ed25519');
  const ticketKeys = readTicketKeys(keys.publicKey.export({ type: 'spki', format: 'pem' }).toString());
  let gateways: RunningGateway[] = [];
  let agents: Agent[] = [];
  let browsers: Browser[] = [];

  async function ticket(session: string, nodeAddr: string, claims: object = {}, stored = true): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const body = {
      jti: randomUUID(),
      sub: 'u-1',
      tenant: 't-1',
      sid: 'login-1',
      ses: session,
      node: 'node-1',
      nodeAddr,
      origin: ORIGIN,
      iat: now,
      exp: now + 30,
      ati: 'access-1',
      aiat: now,
      ...claims,
    };
    const signed = `${encode({ alg: 'EdDSA', kid: ticketKeys[0]?.kid })}.${encode(body)}`;
    const made = `${signed}.${sign(null, Buffer.from(signed), keys.privateKey).toString('base64url')}`;
    const key = `ticket:${createHash('sha256').update(made).digest('hex')}`;
    if (stored) await redis.set(key, JSON.stringify(body), 'EX', 30);
    return made;
  }

  return {
    redis,
    ca: pems.ca,
    ticket,
    async gateway(options = {}) {
      const gateway = createGateway({
        pod: `pod-${gateways.length}`,
        origins: [ORIGIN],
        ticketKeys: () => ticketKeys,
        redis,
        mayReach: (address) => address.startsWith('127.'),
        connectAgent: () => ({ ...pems, checkServerIdentity: () => undefined }),
        closeWait: 500,
        ...options,
      });
      const server = createServer(pems);
      serveTerminals(server, gateway);
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const running = { gateway, server, port: (server.address() as AddressInfo).port };
      gateways.push(running);
      return running;
    },
    async agent(options = {}, port = 0) {
      const agent = createAgent({
        node: 'node-1',
        tls: agentPems,
        gateways: [GATEWAY],
        account: { shell: '/bin/bash', args: ['--norc', '--noprofile'], home: '/tmp', name: 'tester' },
        ...options,
        limits: { killGrace: 200, sessionsPerUser: 1000, ...options.limits },
      });
      agents.push(agent);
      const connections = new Set<Duplex>();
      agent.server.on('connection', (socket) => void connections.add(socket));
      const sever = () => {
        for (const socket of connections) socket.destroy();
        connections.clear();
      };
      await new Promise<void>((done) => agent.server.listen(port, '127.0.0.1', done));
      const hangUp = () => {
        const refuse = (socket: Duplex) => void socket.destroy();
        agent.server.prependListener('connection', refuse);
        sever();
        return () => void agent.server.off('connection', refuse);
      };
      return { agent, address: `127.0.0.1:${(agent.server.address() as AddressInfo).port}`, sever, hangUp };
    },
    async browser(port, session, address, { claims, ...options } = {}) {
      const browser = await openBrowser(port, session, await ticket(session, address, claims), {
        ca: pems.ca,
        ...options,
      });
      browsers.push(browser);
      return browser;
    },
    async clean() {
      for (const { socket } of browsers) socket.terminate();
      await Promise.all(
        gateways.map(({ gateway, server }) => (server.close(), server.closeAllConnections(), gateway.force())),
      );
      await Promise.all(agents.map((agent) => agent.stop()));
      await redis.flushall().catch(() => {});
      [gateways, agents, browsers] = [[], [], []];
    },
    stop() {
      redis.disconnect();
      rmSync(authority.folder, { recursive: true, force: true });
    },
  };
}

/** Waits until `ask` answers something true. */
export async function until<T>(
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  what: string,
  seconds = 20,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}
