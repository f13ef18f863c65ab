/** Agents with their certificates, and gateways that talk to them: what is started in a test ends with it. */
import { readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { makeAuthority, type CertificateFiles, type TestAuthority } from '../../../test/servers/certificates.ts';
import { createAgent, type Agent, type AgentOptions } from '../src/index.ts';
import { connectGateway, until, type TestChannel, type TestGateway } from './gateway.ts';

const GATEWAY = 'spiffe://test/ns/terminal/sa/terminal-gateway';
export const ACCOUNT = { shell: '/bin/bash', args: ['--norc', '--noprofile'], home: '/tmp', name: 'tester' };

export const pems = ({ cert, key, ca }: CertificateFiles) => ({
  cert: readFileSync(cert),
  key: readFileSync(key),
  ca: readFileSync(ca),
});

let authority: TestAuthority;
let own: CertificateFiles;
let theirs: CertificateFiles;

/** The agents of the test that runs. */
export const agents: Agent[] = [];
const gateways: TestGateway[] = [];

/** To be called once in a file of tests. */
export function useAgents(): void {
  beforeAll(async () => {
    authority = await makeAuthority();
    own = await authority.issue('node-agent', { spiffe: 'spiffe://test/ns/node-agents/sa/node-agent' });
    theirs = await authority.issue('gateway', { spiffe: GATEWAY });
  });
  afterEach(async () => {
    for (const { socket } of gateways.splice(0)) socket.terminate();
    await Promise.all(agents.splice(0).map((agent) => agent.stop()));
  });
  afterAll(() => rmSync(authority.folder, { recursive: true, force: true }));
}

/** Those of the agent, of the gateway, and of others that the same authority knows. */
export const certificates = {
  own: () => own,
  theirs: () => theirs,
  other: (name: string, spiffe: string) => authority.issue(name, { spiffe }),
};

/** Answers its port. */
export async function start(options: Partial<AgentOptions> = {}): Promise<number> {
  const agent = createAgent({
    node: 'node-1',
    tls: pems(own),
    gateways: [GATEWAY],
    account: ACCOUNT,
    ...options,
    limits: { killGrace: 300, ...options.limits },
  });
  agents.push(agent);
  await new Promise<void>((done) => agent.server.listen(0, '127.0.0.1', done));
  return (agent.server.address() as AddressInfo).port;
}

export async function connect(port: number, name?: string, certificate = theirs): Promise<TestGateway> {
  const gateway = await connectGateway(port, pems(certificate), name);
  gateways.push(gateway);
  return gateway;
}

export async function openShell(gateway: TestGateway, request = {}): Promise<TestChannel> {
  const channel = gateway.open(request);
  await until(() => channel.opened ?? channel.refused, 'an answer');
  return channel;
}

export const shows = (channel: TestChannel, text: string) => until(() => channel.text.includes(text), text);

export async function pidOf(gateway: TestGateway, channel: TestChannel): Promise<number> {
  gateway.input(channel, 'echo pid=$$.\n');
  const found = await until(() => /pid=(\d+)\./.exec(channel.text) ?? undefined, 'the pid');
  return Number(found[1]);
}
