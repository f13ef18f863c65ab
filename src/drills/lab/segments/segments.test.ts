/** Real packets: parts in their namespaces, and between each two of them exactly what the platform's policies let through. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTree } from '../../../adapters/files.ts';
import { run } from '../../../adapters/netns/command.ts';
import { indexPlatform, viewFor } from '../../../engine/view.ts';
import { reachInput, type ReachInput } from '../../../proofs/reachability/index.ts';
import { platformOf } from '../../../../test/fixture-platform.ts';
import { needs, needsRoot } from '../../../../test/need.ts';
import { identity } from '../../../../test/servers/process.ts';
import { examplePlan } from '../lab.testkit.ts';
import { closeSegments, enterSegment, openSegments, type Passage, type Placement, type SegmentedLab } from './index.ts';

const able = [needsRoot(), needs('ip'), needs('nft'), needs('setpriv')].every(Boolean);
const AGENT = fileURLToPath(new URL('../../../adapters/netns/agent.ts', import.meta.url));
const PATIENCE = 1500;

const PARTS: Readonly<Record<string, readonly string[]>> = {
  'api-1': ['https', 'health', 'metrics'],
  'api-2': ['https', 'health', 'metrics'],
  'terminal-gateway-1': ['https', 'health', 'metrics'],
  'notification-relay-1': ['health', 'metrics'],
  'billing-worker-1': ['health', 'metrics'],
  'node-agent-1': ['agent'],
  postgres: ['sql'],
  'postgres-replica': ['sql'],
  mariadb: ['sql'],
  redis: ['tls'],
  cache: ['tls'],
  nats: ['client', 'monitor'],
  edge: ['https', 'health'],
  identity: ['https'],
  pager: ['http'],
  stripe: ['http'],
  otlp: ['http'],
  prober: ['http'],
  prometheus: ['https'],
  alertmanager: ['https'],
};

/** Numbers above those that the kernel gives away, below those that other tests are given. */
function numbered(): SegmentedLab['parts'] {
  let next = 61_400;
  return Object.entries(PARTS).map(([name, ports]) => ({
    name,
    ports: Object.fromEntries(ports.map((port) => [port, (next += 1)])),
  }));
}

describe.runIf(able)('the segmented lab', () => {
  const agents = new Map<string, Agent>();
  let lab: SegmentedLab;
  let placement: Placement;
  const portOf = (part: string, name: string): number => lab.parts.find((one) => one.name === part)?.ports[name] ?? 0;
  const reaches = async (from: string, part: string, port: string, host = '127.0.0.1'): Promise<string> =>
    (await agents.get(from)?.attempt([{ address: host, port: portOf(part, port) }]))?.[0] ?? '';

  beforeAll(async () => {
    const { spec, root } = examplePlan();
    const reach: ReachInput = reachInput(
      viewFor(indexPlatform(await platformOf(openTree(root))), ['kubernetes', 'spec']),
    );
    lab = { id: `test-${process.pid}`, host: '192.0.2.77', parts: numbered(), spec, reach };
    placement = await openSegments(lab);
    for (const { name, ports } of lab.parts) {
      const agent = new Agent(enterSegment(lab, name, identity('nobody')));
      agents.set(name, agent);
      await agent.listen(Object.values(ports));
    }
  }, 120_000);
  afterAll(async () => {
    for (const agent of agents.values()) agent.stop();
    if (lab !== undefined) await closeSegments(lab.id);
  });

  test('lets pass what is declared', async () => {
    for (const [from, part, port] of [
      ['edge', 'api-1', 'https'],
      ['edge', 'terminal-gateway-1', 'https'],
      ['api-1', 'postgres', 'sql'],
      ['api-1', 'redis', 'tls'],
      ['api-1', 'cache', 'tls'],
      ['api-2', 'nats', 'client'],
      ['api-1', 'identity', 'https'],
      ['billing-worker-1', 'mariadb', 'sql'],
      ['prometheus', 'api-1', 'metrics'],
      ['prober', 'api-1', 'health'],
      ['api-1', 'otlp', 'http'],
      ['prometheus', 'otlp', 'http'],
      ['stripe', 'edge', 'https'],
      ['postgres-replica', 'postgres', 'sql'],
    ] as const)
      expect(await reaches(from, part, port), `${from} to ${port} of ${part}`).toBe('reached');
    expect(await reaches('terminal-gateway-1', 'node-agent-1', 'agent', lab.host)).toBe('reached');
  });

  test('drops what is not', { timeout: 60_000 }, async () => {
    for (const [from, part, port] of [
      ['terminal-gateway-1', 'postgres', 'sql'],
      ['notification-relay-1', 'cache', 'tls'],
      ['api-1', 'api-2', 'https'],
      ['api-1', 'alertmanager', 'https'],
      ['billing-worker-1', 'redis', 'tls'],
      ['stripe', 'api-1', 'https'],
      ['prober', 'redis', 'tls'],
      ['edge', 'postgres', 'sql'],
    ] as const)
      expect(await reaches(from, part, port), `${from} to ${port} of ${part}`).toBe('silence');
  });

  test('is what is proven, for each part and each port', { timeout: 120_000 }, async () => {
    const { passages } = placement;
    // What differs is tried a second time: on a busy machine an answer may come too late.
    const wrong = await different(await different(passages));
    expect(wrong.map(({ from, to, port, verdict }) => `${from} to ${to} ${port} is ${verdict}`)).toEqual([]);
    const allowed = passages.filter(({ verdict }) => verdict === 'allowed').length;
    expect(allowed).toBeGreaterThan(40);
    expect(passages.length - allowed).toBeGreaterThan(200);
  });

  /** The passages that are not measured as they are proven. */
  async function different(passages: readonly Passage[]): Promise<Passage[]> {
    const agentPort = portOf('node-agent-1', 'agent');
    const found = await Promise.all(
      [...Map.groupBy(passages, ({ from }) => from)].map(async ([from, own]) => {
        const ends = own.map(({ labPort }) => ({
          address: labPort === agentPort ? lab.host : '127.0.0.1',
          port: labPort,
        }));
        const results = await agents.get(from)?.attempt(ends);
        return own.filter(({ verdict }, index) => results?.[index] !== (verdict === 'allowed' ? 'reached' : 'silence'));
      }),
    );
    return found.flat();
  }

  test('lets the lab itself in everywhere, and no part out to the host', async () => {
    for (const { name, ports } of lab.parts)
      for (const port of Object.values(ports)) {
        const host = port === portOf('node-agent-1', 'agent') ? lab.host : '127.0.0.1';
        expect(await fromHost(host, port), `${name} at ${port}`).toBe('reached');
      }
    const server = createServer((socket) => socket.end('host'));
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    const { port } = server.address() as { port: number };
    const door = /peer (169\.254\.\d+\.\d+)/;
    const link = await run('ip', ['-4', 'addr', 'show', 'scope', 'global']);
    const own = /inet (169\.254\.\d+\.\d+) peer/.exec(link)?.[1] ?? door.exec(link)?.[1] ?? '';
    expect(own).toMatch(/^169\.254\./);
    expect(await agents.get('api-1')?.attempt([{ address: own, port }])).toEqual(['silence']);
    server.close();
  });

  test('leaves nothing, also of a lab whose processes were killed', async () => {
    const other = {
      ...lab,
      id: `killed-${process.pid}`,
      parts: lab.parts.slice(0, 2).map((part, index) => ({ ...part, ports: { https: 62_400 + index } })),
    };
    await openSegments(other);
    const child = new Agent(enterSegment(other, 'api-1'));
    await child.listen([62_400]);
    await child.kill();
    await closeSegments(other.id);
    await closeSegments(other.id);
    const names = await Promise.all([
      run('ip', ['netns', 'list']),
      run('ip', ['-brief', 'link']),
      run('nft', ['list', 'tables']),
    ]);
    const before = names.join('\n').match(/lglab-\w+|lg[0-9a-f]{8}|launchgate_lab_\w+/g) ?? [];
    expect(new Set(before.map((name) => name.replace(/\W|launchgate_lab_|lglab-|lg/g, ''))).size).toBe(1);
  });
});

/** A process in a namespace that listens and tries connections. */
class Agent {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(enter: readonly string[]) {
    const [file = '', ...args] = [...enter, process.execPath, AGENT];
    this.#child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    if (this.#child.stdout === null) throw new Error('no output');
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  listen(ports: readonly number[]): Promise<unknown> {
    return this.ask({ listen: ports.map((port) => ({ protocol: 'TCP', port })) });
  }

  attempt(ends: readonly { address: string; port: number }[]): Promise<string[]> {
    return this.ask({ attempt: ends.map((end) => ({ protocol: 'TCP', ...end })), patience: PATIENCE }) as Promise<
      string[]
    >;
  }

  stop(): void {
    this.#child.stdin?.end();
  }

  async kill(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  private async ask(question: object): Promise<unknown> {
    this.#child.stdin?.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('the process in the namespace ended');
    return JSON.parse(value) as unknown;
  }
}

function fromHost(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port }, () => socket.write('?'));
    const done = (how: string): void => {
      socket.destroy();
      resolve(how);
    };
    socket.setTimeout(3000, () => done('silence'));
    socket.on('data', () => done('reached')).on('error', () => done('refused'));
  });
}
