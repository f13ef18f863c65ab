/** The whole surroundings of the API as real servers with TLS, and the API itself as a process of its own. */
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { createUser } from '@nats-io/nkeys';
import { connect as connectNats } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import { Agent, request } from 'undici';
import { makeAuthority, type CertificateFiles } from '../../../test/servers/certificates.ts';
import { exampleAcl } from '../../../test/servers/example-access.ts';
import { startNats, type NatsServer } from '../../../test/servers/nats.ts';
import { freePort, serverFolder, startProcess, untilReady, type ServerProcess } from '../../../test/servers/process.ts';
import { startRedis, type RedisServer } from '../../../test/servers/redis.ts';
import { startDatabase, type TestDatabase, using } from './database.ts';
import { AUDIENCE, startProvider, type TestProvider } from './provider.ts';

export const CONSOLE = 'https://console.test';
export const STRIPE_SECRET = 'whsec_test';
export const REDIS_PASSWORD = 'a-password';
const MAIN = join(import.meta.dirname, '../src/main.ts');

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Fields;
}

/** What answers of the API may hold; a test knows which. */
export interface Fields {
  readonly id: string;
  readonly name: string;
  readonly status: string | number;
  readonly items: readonly Fields[];
  readonly next?: string;
  readonly outcome: string;
  readonly ticket: string;
  readonly session: string;
  readonly url: string;
  readonly value: string;
  readonly duplicate: boolean;
}

export interface Status {
  readonly dependencies: Readonly<Record<string, { readonly state: string }>>;
  readonly denylist: { readonly head: number; readonly stale: boolean };
}

export interface Ask {
  readonly token?: string;
  readonly body?: unknown;
  readonly raw?: string | Buffer;
  readonly headers?: Record<string, string>;
}

export interface TestPlatform {
  readonly database: TestDatabase;
  readonly redis: RedisServer;
  readonly cache: RedisServer;
  readonly nats: NatsServer;
  readonly provider: TestProvider;
  readonly certificates: CertificateFiles;
  readonly ticketKey: string;
  /** Two keys of the service, of which it begins with the first. */
  readonly natsSeeds: readonly string[];
  readonly port: number;
  readonly healthPort: number;
  readonly metricsPort: number;
  readonly env: Record<string, string>;
  /** The process that serves; another one after `restart`. */
  api(): ServerProcess;
  restart(env?: Record<string, string>): Promise<void>;
  /** Makes the rentals run whose nodes have no agent here. */
  agentsAnswered(): Promise<void>;
  ask(method: string, path: string, options?: Ask): Promise<Answer>;
  status(): Promise<Status>;
  metric(name: string): Promise<number | undefined>;
  /** A command of the realtime store's operator. */
  redisAdmin(...command: [string, ...string[]]): Promise<unknown>;
  /** As the relay, who alone may publish. */
  publish(user: string, message: object | string): Promise<void>;
  stop(): Promise<void>;
}

export async function startPlatform({
  stripeUrl = 'http://127.0.0.1:9',
}: { stripeUrl?: string } = {}): Promise<TestPlatform> {
  const authority = await makeAuthority();
  const tls = await authority.issue('platform');
  const nkeys = [createUser(), createUser()];
  const natsSeeds = nkeys.map((key) => new TextDecoder().decode(key.getSeed()));
  const [database, redis, cache, nats, provider] = await Promise.all([
    startDatabase(),
    startRedis({
      tls,
      acl: [
        // The rights of the reference platform, and somebody who looks.
        ...exampleAcl(REDIS_PASSWORD),
        `user operator on >${REDIS_PASSWORD} ~* &* +@all`,
      ],
    }),
    startRedis({ tls }),
    startNats({ tls, config: natsUsers(nkeys.map((key) => key.getPublicKey())) }),
    startProvider(
      {
        alice: { tenant: 'acme', sid: 's-1' },
        bob: { tenant: 'bravo' },
        root: { tenant: 'operators', roles: ['admin'] },
      },
      { tls },
    ),
  ]);
  await makeStream(nats, tls);
  const [port, healthPort, metricsPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const ticketKey = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const env: Record<string, string> = {
    ...database.env(),
    DEPLOYMENT_ENVIRONMENT: 'lab',
    DATABASE_DIRECT_HOST: '127.0.0.1',
    DATABASE_DIRECT_PORT: String(database.server.port),
    HTTP_ADDR: `127.0.0.1:${port}`,
    HEALTH_ADDR: `127.0.0.1:${healthPort}`,
    METRICS_ADDR: `127.0.0.1:${metricsPort}`,
    TLS_CERT_FILE: tls.cert,
    TLS_KEY_FILE: tls.key,
    TLS_CA_FILE: tls.ca,
    SHUTDOWN_PROPAGATION_DELAY: '0s',
    SHUTDOWN_DRAIN_WINDOW: '5s',
    DATABASE_PASSWORD: 'any',
    CACHE_PASSWORD: 'any',
    NATS_NKEY_SEED: natsSeeds[0] ?? '',
    REDIS_ADDR: `127.0.0.1:${redis.port}`,
    REDIS_PASSWORD,
    CACHE_ADDR: `127.0.0.1:${cache.port}`,
    CACHE_USER: 'default',
    NATS_URL: nats.url.replace('localhost', '127.0.0.1'),
    OIDC_ISSUER: provider.issuer,
    OIDC_AUDIENCE: AUDIENCE,
    ADMIN_DENYLIST_MAX_STALENESS: '5s',
    ALLOWED_ORIGINS: CONSOLE,
    TERMINAL_URL: 'wss://terminal.test',
    TERMINAL_TICKET_KEY: ticketKey,
    STRIPE_API_URL: stripeUrl,
    STRIPE_API_KEY: 'sk_test',
    STRIPE_WEBHOOK_SECRET: STRIPE_SECRET,
    NODE_PROBE_ALLOWED_CIDRS: '10.255.0.0/16',
    RATE_LIMIT_PER_SECOND: '10000',
    RATE_LIMIT_BURST: '10000',
  };
  const client = new Agent({
    connect: { ca: readFileSync(tls.ca), cert: readFileSync(tls.cert), key: readFileSync(tls.key) },
  });
  const asUser = (username: string) => {
    const files = { ca: readFileSync(tls.ca), cert: readFileSync(tls.cert), key: readFileSync(tls.key) };
    const user = new Redis({
      host: '127.0.0.1',
      port: redis.port,
      username,
      password: REDIS_PASSWORD,
      tls: files,
      lazyConnect: true,
    });
    // A server that is ended by the test takes them along.
    user.on('error', () => undefined);
    return user;
  };
  const relay = asUser('notification-relay');
  const operator = asUser('operator');
  let api = await startApi(env, healthPort);

  const platform: TestPlatform = {
    database,
    redis,
    cache,
    nats,
    provider,
    certificates: tls,
    ticketKey,
    natsSeeds,
    port,
    healthPort,
    metricsPort,
    env,
    api: () => api,
    async restart(more = {}) {
      await api.stop();
      api = await startApi({ ...env, ...more }, healthPort);
    },
    agentsAnswered: () =>
      using(database.client('postgres'), async (sql) => {
        await sql.query(`UPDATE instances SET status = 'running', ready_at = now() WHERE status = 'pending'`);
      }),
    async ask(method, path, { token, body, raw, headers = {} } = {}) {
      const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
      const answer = await request(`https://127.0.0.1:${port}${path}`, {
        dispatcher: client,
        method: method as 'GET',
        headers: {
          ...(text === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(text === undefined ? {} : { body: text }),
        headersTimeout: 40_000,
      });
      const received = await answer.body.text();
      const json = String(answer.headers['content-type']).includes('json') && received !== '';
      return { status: answer.statusCode, headers: answer.headers, body: (json ? JSON.parse(received) : {}) as Fields };
    },
    status: async () => (await (await fetch(`http://127.0.0.1:${healthPort}/statusz`)).json()) as Status,
    async metric(name) {
      const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      const line = text.split('\n').find((each) => each.startsWith(`${name} `) || each.startsWith(`${name}{`));
      return line === undefined ? undefined : Number(line.split(' ').at(-1));
    },
    redisAdmin: (command, ...rest) => operator.call(command, ...rest),
    async publish(user, message) {
      await relay.publish(`notify.user.${user}`, typeof message === 'string' ? message : JSON.stringify(message));
    },
    async stop() {
      relay.disconnect();
      operator.disconnect();
      await client.destroy();
      await Promise.allSettled([api.stop(), database.stop(), redis.stop(), cache.stop(), nats.stop(), provider.down()]);
      rmSync(authority.folder, { recursive: true, force: true });
    },
  };
  return platform;
}

async function startApi(env: Record<string, string>, healthPort: number): Promise<ServerProcess> {
  const api = startProcess(serverFolder('api'), process.execPath, ['--conditions=launchgate-source', MAIN], {
    env: { ...env, NODE_OPTIONS: '' },
  });
  await untilReady(api, async () => {
    const { dependencies } = (await (await fetch(`http://127.0.0.1:${healthPort}/statusz`)).json()) as {
      dependencies: Record<string, { state: string }>;
    };
    const waiting = Object.entries(dependencies).filter(([, { state }]) => state !== 'up');
    if (waiting.length > 0) throw new Error(`waiting for ${waiting.map(([name]) => name).join(', ')}`);
  });
  return api;
}

/** Whoever comes without a key is the test itself. */
function natsUsers(nkeys: readonly string[]): string {
  const users = nkeys.map((nkey) => `{ nkey: ${nkey} }`).join(', ');
  return `authorization { users: [{ user: test, password: test }, ${users}] }\nno_auth_user: test`;
}

async function makeStream(nats: NatsServer, tls: CertificateFiles): Promise<void> {
  const connection = await connectNats({
    servers: `tls://127.0.0.1:${nats.port}`,
    tls: { caFile: tls.ca, certFile: tls.cert, keyFile: tls.key },
  });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'usage', subjects: ['usage.>'] });
  await connection.close();
}
