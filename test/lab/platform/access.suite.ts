/** Who may connect to the stores, and what they may do there. */
import { readFileSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { verifyAcl } from '@launchgate/runtime/redis-acl';
import { connect as connectNats } from '@nats-io/transport-node';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { redisPolicy } from '../../../src/drills/lab/parts/redis.ts';
import { makeAuthority, type TestAuthority } from '../../servers/certificates.ts';
import type { Platform } from './platform.ts';
import { clientTls, redisAs, type RedisPart } from './watchers.ts';

const PING = '*1\r\n$4\r\nPING\r\n';
const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

export function accessSuite(platform: () => Platform): void {
  let foreign: TestAuthority;
  beforeAll(async () => {
    foreign = await makeAuthority('another CA');
  });
  afterAll(() => {
    if (foreign !== undefined) rmSync(foreign.folder, { recursive: true, force: true });
  });

  test.each<RedisPart>(['redis', 'cache'])(
    'the ACL of %s is the one that was written, and does what it says',
    async (part) => {
      const client = await redisAs(platform(), 'lab_verifier', part);
      try {
        const report = await verifyAcl(client, redisPolicy(platform().open.lab, part));
        expect(report.differences).toEqual([]);
        expect(report.asked).toBeGreaterThan(40);
      } finally {
        client.disconnect();
      }
    },
  );

  test('nobody is answered in plain text', async () => {
    const { lab } = platform().open;
    for (const part of ['redis', 'cache'])
      expect(await answerTo(createConnection(lab.port(part, 'tls'), '127.0.0.1'), PING)).not.toContain('PONG');
    const nats = createConnection(lab.port('nats', 'client'), '127.0.0.1');
    expect(await answerTo(nats, 'CONNECT {"verbose":false}\r\nPING\r\n')).not.toContain('PONG');
    const plain = new pg.Client({ ...database(platform()), ssl: false });
    await expect(plain.connect()).rejects.toThrow(/pg_hba|rejects connection|no encryption/);
  });

  test('a certificate of another authority opens nothing, and the platform’s own does', async () => {
    const { lab } = platform().open;
    const files = await foreign.issue('api', {
      dns: ['localhost'],
      spiffe: 'spiffe://gpucloud.internal/ns/platform/sa/api',
    });
    const stranger = { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') };
    const own = clientTls(lab);
    const doors = [
      ...['redis', 'cache'].map((part) => [lab.port(part, 'tls'), PING] as const),
      ...['api-1', 'terminal-gateway-1'].map((part) => [lab.port(part, 'https'), GET] as const),
    ];
    for (const [port, ask] of doors) {
      expect(await overTls(port, own, ask)).not.toBe('');
      expect(await overTls(port, { ...stranger, ca: own.ca }, ask)).toBe('');
    }
    const nats = { servers: `tls://localhost:${lab.port('nats', 'client')}`, reconnect: false, timeout: 5000 };
    await expect(connectNats({ ...nats, tls: { ...stranger, ca: own.ca } })).rejects.toThrow();
    const ssl = { ca: own.ca, servername: 'localhost' };
    const client = new pg.Client({ ...database(platform()), ssl: { ...ssl, ...stranger } });
    await expect(client.connect()).rejects.toThrow(/unknown ca|certificate|reset|terminated/i);
    const known = new pg.Client({ ...database(platform()), ssl: { ...ssl, cert: own.cert, key: own.key } });
    await known.connect();
    await known.end();
  });
}

function database({ open: { lab } }: Platform): pg.ClientConfig {
  return {
    host: '127.0.0.1',
    port: lab.port('postgres', 'sql'),
    database: 'gpucloud',
    user: 'api_a',
    password: lab.secret('postgres-api_a'),
  };
}

function overTls(port: number, tls: ConnectionOptions, ask: string): Promise<string> {
  return answerTo(connectTls({ port, host: '127.0.0.1', servername: 'localhost', ...tls }), ask);
}

/** What comes back until the other side ends, an answer is there, or two seconds have passed; an error is no answer. */
function answerTo(socket: ReturnType<typeof createConnection> | TLSSocket, ask: string): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const end = () => (socket.destroy(), resolve(said));
    socket.setTimeout(2000, end);
    socket.on('error', end);
    socket.on('close', end);
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1');
      if (!said.startsWith('INFO') || said.includes('PONG')) end();
    });
    socket.write(ask);
  });
}
