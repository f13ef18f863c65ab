/** Names, with a DNS server of our own that alternates, mixes, lies and hangs, and web servers on loopback. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deafListener } from './testing/deaf.ts';
import { startDns, type DnsAnswer, type DnsServer } from '../../../test/servers/dns.ts';
import {
  EgressRefused,
  createEgressGuard,
  dnsResolver,
  egressPolicy,
  type EgressGuard,
  type EgressRefusal,
} from './index.ts';

const ANSWERS: Readonly<Record<string, (type: string, before: number) => DnsAnswer>> = {
  'node.example': (type) => (type === 'A' ? { addresses: ['127.0.0.5'] } : {}),
  'rebind.example': (type, before) =>
    type === 'A' ? { addresses: [before % 2 === 0 ? '127.0.0.5' : '127.0.0.99'] } : {},
  'mixed.example': (type) => (type === 'A' ? { addresses: ['127.0.0.5', '169.254.169.254'] } : {}),
  'mixed6.example': (type) => ({ addresses: type === 'A' ? ['127.0.0.5'] : ['::1'] }),
  'mapped.example': (type) => (type === 'AAAA' ? { addresses: ['::ffff:169.254.169.254'] } : {}),
  'nat64.example': (type) => (type === 'AAAA' ? { addresses: ['64:ff9b::a9fe:a9fe'] } : {}),
  'cname.example': (type) =>
    type === 'A' ? { cname: 'metadata.google.internal', addresses: ['169.254.169.254'] } : {},
  'inside.example': () => ({ cname: 'localhost', addresses: [] }),
  'zero.example': (type) => (type === 'A' ? { addresses: ['0.0.0.0'] } : {}),
  'many.example': (type) => (type === 'A' ? { addresses: Array.from({ length: 65 }, () => '127.0.0.5') } : {}),
  'dead-first.example': (type) => (type === 'A' ? { addresses: ['127.0.0.6', '127.0.0.5'] } : {}),
  'deaf-first.example': (type) => (type === 'A' ? { addresses: ['127.0.0.6', '127.0.0.5'] } : {}),
  'broken.example': (type) => (type === 'A' ? { addresses: ['127.0.0.5'] } : { rcode: 2 }),
  'silent.example': () => ({ silent: true }),
  'missing.example': () => ({ rcode: 3 }),
};
let dns: DnsServer;
let web: Server;
let guard: EgressGuard;
let port: number;
const seen: EgressRefusal[] = [];
const hosts: (string | undefined)[] = [];

beforeAll(async () => {
  dns = await startDns((name, type, before) => ANSWERS[name]?.(type, before) ?? { rcode: 3 });
  web = createServer((request, response) => {
    hosts.push(request.headers.host);
    response.end(`from ${request.socket.localAddress}`);
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.5', resolve));
  port = (web.address() as AddressInfo).port;
  const policy = egressPolicy({
    allowedCidrs: ['127.0.0.4/30'],
    allowedPorts: [port],
    connectTimeoutMs: 2000,
    unsafeLoopbackForTests: true,
  });
  guard = createEgressGuard(policy, {
    resolve: dnsResolver({ servers: [dns.address] }),
    onRefused: (refusal) => seen.push(refusal),
  });
});
afterAll(async () => {
  await guard.close();
  await new Promise((resolve) => web.close(resolve));
  await dns.stop();
});

async function reason(name: string): Promise<string | undefined> {
  const before = seen.length;
  await expect(guard.fetch(`http://${name}:${port}/`)).rejects.toThrow(EgressRefused);
  expect(seen.length).toBe(before + 1);
  return seen[before]?.reason;
}

describe('names', () => {
  test('are resolved once, pinned, and kept as Host', async () => {
    const response = await guard.fetch(`http://NODE.example.:${port}/`);
    expect(await response.text()).toBe('from 127.0.0.5');
    expect(hosts.at(-1)).toBe(`node.example.:${port}`);
    expect(dns.asked.filter((question) => question.endsWith('node.example'))).toEqual([
      'A node.example',
      'AAAA node.example',
    ]);
  });

  test('that alternate with a TTL of zero are never connected to by name', async () => {
    expect(await (await guard.fetch(`http://rebind.example:${port}/`)).text()).toBe('from 127.0.0.5');
    expect(dns.asked.filter((question) => question === 'A rebind.example')).toHaveLength(1);
    const fresh = createEgressGuard(
      egressPolicy({ allowedCidrs: ['127.0.0.4/30'], allowedPorts: [port], unsafeLoopbackForTests: true }),
      { resolve: dnsResolver({ servers: [dns.address] }) },
    );
    await expect(fresh.fetch(`http://rebind.example:${port}/`)).rejects.toThrow(EgressRefused);
    expect(await (await fresh.fetch(`http://rebind.example:${port}/`)).text()).toBe('from 127.0.0.5');
    await fresh.close();
  });

  test.each([
    ['mixed.example', 'mixed-answers'],
    ['mixed6.example', 'mixed-answers'],
    ['mapped.example', 'metadata'],
    ['nat64.example', 'not-allowed'],
    ['cname.example', 'metadata'],
    ['inside.example', 'no-address'],
    ['zero.example', 'unspecified'],
    ['many.example', 'no-address'],
    ['broken.example', 'ESERVFAIL'],
    ['missing.example', 'no-address'],
    ['silent.example', 'connect-timeout'],
    [`${'a'.repeat(64)}.example`, 'name'],
    [`${'a.'.repeat(127)}example`, 'name'],
  ])('%s is refused: %s', async (name, expected) => {
    expect(await reason(name)).toBe(expected);
  });

  test('with several allowed addresses are tried in order', async () => {
    expect(await (await guard.fetch(`http://dead-first.example:${port}/`)).text()).toBe('from 127.0.0.5');
  });

  test('one that does not answer leaves time for the next', async () => {
    const deaf = await deafListener('127.0.0.6', port);
    expect(await (await guard.fetch(`http://deaf-first.example:${port}/`)).text()).toBe('from 127.0.0.5');
    await deaf.stop();
  });

  test('a resolver that ignores its signal holds nobody', async () => {
    const policy = egressPolicy({ allowedCidrs: ['192.0.2.0/24'], connectTimeoutMs: 50 });
    const stuck = createEgressGuard(policy, { resolve: () => new Promise(() => undefined) });
    await expect(stuck.fetch('http://stuck.example/')).rejects.toThrow(EgressRefused);
    await stuck.close();
  });
});
