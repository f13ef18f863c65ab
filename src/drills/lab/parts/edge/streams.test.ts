/** What stays open through a real edge: event streams, WebSockets, and clients that are too slow. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { needs } from '../../../../../test/need.ts';
import { makeAuthority, type TestAuthority } from '../../../../../test/servers/certificates.ts';
import { edgeControl } from './control.ts';
import { clientOf, startEdge, startUpstream, toLoopback, type TestEdge, type TestUpstream } from './edge.testkit.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const COMMON = { connections: 100, bodyBytes: 4096, readTimeout: 20 };
/** nginx reads the whole Core Rule Set twice before it serves, which takes as long as the machine is busy. */
const LONG = 120_000;
const TICKET = 'ticket.eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhbGljZSJ9.c2ln';

describe.runIf(needs('nginx'))('streams through the edge', () => {
  let authority: TestAuthority;
  let edge: TestEdge;
  let events: TestUpstream;
  const gateways: TestUpstream[] = [];
  const refusing = new Set<number>();
  const met: number[] = [];

  beforeAll(async () => {
    authority = await makeAuthority();
    const files = await authority.issue('services', { dns: ['api.platform.svc', 'terminal-gateway.terminal.svc'] });
    events = await startUpstream(authority, files, (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: first\n\n');
    });
    for (const index of [0, 1, 2]) {
      const gateway = await startUpstream(authority, files, (_, response) => response.end());
      gateway.server.on('upgrade', (incoming, socket) => upgrade(index, incoming, socket));
      gateways.push(gateway);
    }
    const replicasOf = (all: readonly TestUpstream[]) => all.map(({ address }) => ({ address, down: false }));
    edge = await startEdge(authority, {
      upstreams: [
        { name: 'api', tlsName: 'api.platform.svc', affinity: 'none', replicas: replicasOf([events]) },
        {
          name: 'terminal',
          tlsName: 'terminal-gateway.terminal.svc',
          affinity: 'session',
          replicas: replicasOf(gateways),
        },
      ],
      routes: [
        { host: 'api.localhost', path: '/events', protocol: 'sse', target: { upstream: 'api' }, ...COMMON },
        { host: 'api.localhost', path: '/api/v1/*', protocol: 'http', target: { upstream: 'api' }, ...COMMON },
        {
          host: 'terminal.localhost',
          path: '/ws/terminal/*',
          protocol: 'websocket',
          target: { upstream: 'terminal' },
          ...COMMON,
        },
      ],
    });
  }, LONG);
  afterAll(async () => {
    await Promise.all([edge?.stop(), ...[events, ...gateways].map((one) => one?.close())]);
  }, LONG);

  /** Shakes hands and echoes bytes as they are: frames of a client are masked, so the test reads the handshake and the close only. */
  function upgrade(index: number, incoming: IncomingMessage, socket: Duplex): void {
    met.push(index);
    socket.on('error', () => socket.destroy());
    if (refusing.has(index)) {
      socket.end(
        'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
      );
      return;
    }
    const accept = createHash('sha1').update(`${incoming.headers['sec-websocket-key']}${GUID}`).digest('base64');
    const head = [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accept}`,
      'Sec-WebSocket-Protocol: launchgate.terminal.v1',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    // An unmasked text frame: "hello".
    socket.write(Buffer.from([0x81, 5, ...Buffer.from('hello')]));
  }

  function open(session: string): Promise<WebSocket> {
    const socket = new WebSocket(
      `wss://terminal.localhost:${edge.config.ports.https}/ws/terminal/${session}`,
      ['launchgate.terminal.v1', TICKET],
      {
        ca: readFileSync(authority.ca),
        lookup: toLoopback,
        origin: 'https://console.localhost',
      },
    );
    return new Promise((resolve, reject) => {
      socket.once('message', () => resolve(socket));
      socket.once('error', reject);
    });
  }

  test('an event arrives while the stream is open', async () => {
    const agent = clientOf(authority);
    const first = await new Promise<string>((resolve, reject) => {
      request(`https://api.localhost:${edge.config.ports.https}/events`, { agent }, (response) =>
        response.once('data', (chunk: Buffer) => resolve(chunk.toString())),
      )
        .on('error', reject)
        .end();
    });
    agent.destroy();
    expect(first).toBe('data: first\n\n');
  });

  test('a session meets the same gateway, and another one when that refuses', async () => {
    met.length = 0;
    const sockets = [await open('s-1'), await open('s-1'), await open('s-1')];
    expect(new Set(met).size).toBe(1);
    const [owner = 0] = met;
    refusing.add(owner);
    sockets.push(await open('s-1'));
    expect(met.at(-1)).not.toBe(owner);
    refusing.clear();
    for (const socket of sockets) socket.terminate();
  });

  test('an open WebSocket outlives a reload, and its ticket is in no log', async () => {
    const socket = await open('s-2');
    const closed = new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)));
    await edgeControl(edge.folder).setRateLimits(false);
    const other = await open('s-2');
    expect(socket.readyState).toBe(WebSocket.OPEN);
    other.terminate();
    for (const gateway of gateways) gateway.server.closeAllConnections();
    socket.terminate();
    await closed;
    await expect
      .poll(() => edge.accessLog().filter(({ route, status }) => route === '/ws/terminal/*' && status === 101).length)
      .toBeGreaterThan(3);
    expect(readFileSync(`${edge.folder}/logs/access.log`, 'utf8')).not.toContain('eyJhbGci');
  });

  test('a client that never ends its head is cut', { timeout: 40_000 }, async () => {
    const started = performance.now();
    const socket: TLSSocket = connect({
      host: '127.0.0.1',
      port: edge.config.ports.https,
      servername: 'api.localhost',
      ca: readFileSync(authority.ca),
    });
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()).on('error', () => undefined));
    socket.write('GET /api/v1/x HTTP/1.1\r\nHost: api.localhost\r\n');
    const drip = setInterval(() => socket.write('X-A: b\r\n', () => undefined), 1000);
    await closed;
    clearInterval(drip);
    expect(performance.now() - started).toBeGreaterThan(5000);
  });
});
