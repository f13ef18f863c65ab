/** Those who listen in the platform: to Redis as the API does, to NATS as the lab, to notifications as a page. */
import { readFileSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import { WebSocket } from 'ws';
import type { Lab } from '../../../src/drills/lab/part.ts';
import type { Platform } from './platform.ts';

export interface Told {
  readonly id: string;
  readonly requestId: string;
  readonly traceparent: string;
}

export interface Watcher {
  readonly seen: readonly Told[];
  close(): Promise<void> | void;
}

export type RedisPart = 'redis' | 'cache';

/** A client with the lab's certificate and the password of the user. */
export async function redisAs({ open: { lab } }: Platform, user: string, part: RedisPart = 'redis'): Promise<Redis> {
  const client = new Redis({
    host: 'localhost',
    port: lab.port(part, 'tls'),
    username: user,
    password: lab.secret(`${part}-${user}`),
    tls: clientTls(lab),
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

export async function listenAsApi(platform: Platform, user: string): Promise<Watcher> {
  const client = await redisAs(platform, 'api');
  const seen: Told[] = [];
  client.on('pmessage', (_pattern: string, channel: string, text: string) => {
    if (channel === `notify.user.${user}`) seen.push(JSON.parse(text) as Told);
  });
  await client.psubscribe('notify.user.*');
  return { seen, close: () => client.disconnect() };
}

export async function notifications({ edge, ca }: Platform, token: string): Promise<Watcher> {
  const seen: Told[] = [];
  const socket = new WebSocket(
    `wss://api.localhost:${edge}/api/v1/notifications`,
    ['launchgate.notifications.v1', `bearer.${token}`],
    { ca, lookup: toLoopback, origin: `https://console.localhost:${edge}` },
  );
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as Told | { readonly type: 'gap' | 'joined' };
    if ('id' in frame) seen.push(frame);
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return { seen, close: () => socket.terminate() };
}

/** The ids in the headers of the newest message of the stream `usage`, where it is the one of the request. */
export async function lastUsage({ open: { lab } }: Platform, wanted: string) {
  const tls = clientTls(lab);
  const connection = await connect({
    servers: `tls://localhost:${lab.port('nats', 'client')}`,
    tls,
    authenticator: nkeyAuthenticator(new TextEncoder().encode(lab.secret('nats-lab_monitor-nkey'))),
    inboxPrefix: '_INBOX',
    reconnect: false,
  });
  try {
    const asked = JSON.stringify({ last_by_subj: 'usage.recorded' });
    const answer = await connection.request('$JS.API.STREAM.MSG.GET.usage', asked);
    const { message } = answer.json<{ message?: { hdrs: string } }>();
    const headers = Buffer.from(message?.hdrs ?? '', 'base64').toString('latin1');
    const requestId = /^X-Request-Id: *(\S+)/im.exec(headers)?.[1];
    const traceId = /^traceparent: *00-([0-9a-f]{32})/im.exec(headers)?.[1];
    return requestId === wanted ? { requestId, traceId } : undefined;
  } finally {
    await connection.close();
  }
}

/** Names below localhost are known to browsers, and to no resolver of Debian's. */
export const toLoopback: LookupFunction = (_host, { all }, done) =>
  all === true ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);

export function clientTls(lab: Lab): { ca: string; cert: string; key: string } {
  const { ca, cert, key } = lab.client;
  return { ca: readFileSync(ca, 'utf8'), cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}
