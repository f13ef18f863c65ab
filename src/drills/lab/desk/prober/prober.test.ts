import { createServer, type Server } from 'node:https';
import { createServer as createPlainServer } from 'node:net';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAuthority } from '../../../../../test/servers/certificates.ts';
import { freePort } from '../../../../../test/servers/process.ts';
import type { Served } from '../http.ts';
import { startProber } from './server.ts';

let server: Server;
let prober: Served;
let port: number;
let status = 200;

beforeAll(async () => {
  const authority = await makeAuthority();
  const { cert, key } = await authority.issue('api', { dns: ['api.localhost'] });
  server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (_, response) => {
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as { port: number }).port;
  prober = await startProber({ address: '127.0.0.1:0', ca: authority.ca, cert, key, timeout: 500 });
});
afterAll(async () => {
  await prober?.close();
  server?.close();
});

async function probe(target: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${prober.port}/probe?target=${encodeURIComponent(target)}`)).text();
}

test('tells an answer from an error, and when the certificate ends', async () => {
  const text = await probe(`https://api.localhost:${port}/`);
  expect(text).toContain('probe_success 1');
  expect(Number(/cert_expiry (\S+)/.exec(text)?.[1]) * 1000).toBeGreaterThan(Date.now());
  status = 404;
  expect(await probe(`https://api.localhost:${port}/`)).toContain('probe_success 1');
  status = 503;
  expect(await probe(`https://api.localhost:${port}/`)).toMatch(/probe_success 0\nprobe_http_status_code 503/);
});

test('a name that is not in the certificate, nobody there, and silence are failures', async () => {
  expect(await probe(`https://other.localhost:${port}/`)).toContain('probe_success 0');
  expect(await probe(`https://api.localhost:${await freePort()}/`)).toContain('probe_success 0');
  const silent = createPlainServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  expect(await probe(`http://127.0.0.1:${(silent.address() as { port: number }).port}/`)).toContain('probe_success 0');
  silent.close();
  expect(await probe('file:///etc/passwd')).toContain('not an http or https URL');
});
