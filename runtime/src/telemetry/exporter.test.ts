import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { makeAuthority, type CertificateFiles } from '../../../test/servers/certificates.ts';
import { startTelemetry, withSpan, type Tracing } from './index.ts';

const open: { close(): unknown }[] = [];
let tracing: Tracing | undefined;
afterEach(async () => {
  await tracing?.shutdown(500);
  for (const each of open.splice(0)) each.close();
});

const pems = ({ ca, cert, key }: CertificateFiles) => ({
  ca: readFileSync(ca),
  cert: readFileSync(cert),
  key: readFileSync(key),
});

test('a collector that asks for a certificate is shown the one of now', async () => {
  const authority = await makeAuthority();
  const callers: string[] = [];
  const server = createServer(
    { ...pems(await authority.issue('collector')), requestCert: true },
    (request, response) => {
      const { socket } = request;
      callers.push('getPeerCertificate' in socket ? String((socket as TLSSocket).getPeerCertificate().subject.CN) : '');
      request.resume();
      // The next export needs a connection of its own.
      response.setHeader('connection', 'close').end('{}');
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  let identity = pems(await authority.issue('first'));
  const endpoint = `https://localhost:${(server.address() as AddressInfo).port}`;
  tracing = startTelemetry({ service: 'api', endpoint, tls: () => identity });
  withSpan('one', () => undefined);
  await tracing.flush();
  identity = pems(await authority.issue('second'));
  withSpan('two', () => undefined);
  await tracing.flush();
  expect(callers).toEqual(['first', 'second']);
  expect(tracing.stats()).toMatchObject({ exported: 2, failed: 0 });
});

test('a collector of another authority gets nothing', async () => {
  const [authority, stranger] = [await makeAuthority(), await makeAuthority('stranger')];
  const server = createServer(pems(await stranger.issue('collector')), (_request, response) => void response.end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  const identity = pems(await authority.issue('api'));
  tracing = startTelemetry({
    service: 'api',
    endpoint: `https://localhost:${(server.address() as AddressInfo).port}`,
    tls: () => identity,
  });
  withSpan('one', () => undefined);
  await tracing.flush();
  expect(tracing.stats()).toMatchObject({ exported: 0, failed: 1 });
});
