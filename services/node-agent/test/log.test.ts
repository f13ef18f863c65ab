/** What the agent writes down of what it is told: a peer that says a thing many times is written down once. */
import { readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { makeAuthority, type CertificateFiles, type TestAuthority } from '../../../test/servers/certificates.ts';
import { createAgent, type Agent } from '../src/index.ts';
import { connectGateway, until, type TestGateway } from './gateway.ts';

const GATEWAY = 'spiffe://test/ns/terminal/sa/terminal-gateway';
const lines: string[] = [];
let authority: TestAuthority;
let own: CertificateFiles;
let agent: Agent;
let gateway: TestGateway;

const pems = ({ cert, key, ca }: CertificateFiles) => ({
  cert: readFileSync(cert),
  key: readFileSync(key),
  ca: readFileSync(ca),
});

beforeAll(async () => {
  authority = await makeAuthority();
  own = await authority.issue('node-agent', { spiffe: 'spiffe://test/ns/node-agents/sa/node-agent' });
  const theirs = await authority.issue('gateway', { spiffe: GATEWAY });
  const note = (_fields: object, message: string) => void lines.push(message);
  agent = createAgent({
    node: 'node-1',
    tls: pems(own),
    gateways: [GATEWAY],
    // It lives until it is killed, which gives those who ask again their time.
    account: { shell: '/bin/bash', args: ['--norc', '-c', "trap '' HUP; echo up; sleep 60"], home: '/tmp', name: 'x' },
    limits: { killGrace: 300 },
    log: { info: note, warn: note, error: note },
  });
  await new Promise<void>((done) => agent.server.listen(0, '127.0.0.1', done));
  gateway = await connectGateway((agent.server.address() as AddressInfo).port, pems(theirs));
});
afterEach(() => void (lines.length = 0));
afterAll(async () => {
  gateway.socket.terminate();
  await agent.stop();
  rmSync(authority.folder, { recursive: true, force: true });
});

it('writes one line of a session that is killed a thousand times', async () => {
  const channel = gateway.open();
  await until(() => channel.text.includes('up'), 'the shell');
  for (let n = 0; n < 1000; n++) gateway.kill(`s-${channel.number}`);
  expect((await until(() => channel.exit, 'the exit')).reason).toBe('killed');
  expect(lines.filter((line) => line === 'a session is killed')).toHaveLength(1);
});

it('writes one line of a gateway that sends a thousand messages that are none', async () => {
  for (let n = 0; n < 1000; n++) gateway.socket.send('x');
  await until(() => lines.includes('a gateway has gone'), 'the close');
  expect(lines.filter((line) => line === 'a gateway has sent what is no message')).toHaveLength(1);
});
