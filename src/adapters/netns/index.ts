/**
 * A small network of real kernels' parts: machines in network namespaces, a router between them, an nftables ruleset on it, and real TCP
 * and UDP. Linux, root, `ip` and `nft` are needed. Nothing of the host's network is touched, and nothing stays: a network is removed
 * when it is closed, when the process ends or is interrupted, and otherwise by the next one that is opened.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { run } from './command.ts';
import type { Trial } from './matrix.ts';
import { ownPrefix, removeNow, sweep } from './names.ts';
import type { Machine, Reached } from './types.ts';
import { namespaceOf, routerOf, wire } from './wiring.ts';

export { everyPair, type Trial } from './matrix.ts';
export { namespaces, sweep } from './names.ts';
export type { Listener, Machine, Reached } from './types.ts';

/** Milliseconds until silence is an answer. */
const PATIENCE = 3000;

const AGENT = [process.execPath, fileURLToPath(new URL('./agent.ts', import.meta.url))];

let opened = 0;

export class Network {
  readonly #prefix: string;
  readonly #machines: readonly Machine[];
  readonly #command: readonly string[];
  readonly #agents = new Map<string, Agent>();
  readonly #onExit = (): void => this.closeNow();
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.closeNow();
    process.kill(process.pid, signal);
  };

  private constructor(machines: readonly Machine[], command: readonly string[]) {
    opened += 1;
    this.#command = command;
    this.#prefix = ownPrefix(opened);
    this.#machines = machines;
  }

  /**
   * Sweeps what others left, makes the network and starts its listeners. No ruleset yet: everybody reaches everybody. `command` runs the
   * agent of a machine, where that is not the source beside this.
   */
  static async open(machines: readonly Machine[], command: readonly string[] = AGENT): Promise<Network> {
    await sweep();
    const network = new Network(machines, command);
    process.once('exit', network.#onExit);
    for (const signal of SIGNALS) process.once(signal, network.#onSignal);
    try {
      await wire(network.#prefix, machines);
      await network.startAgents();
      return network;
    } catch (error) {
      await network.close();
      throw error;
    }
  }

  /** Replaces the ruleset of the router by another. */
  async apply(ruleset: string): Promise<void> {
    const router = routerOf(this.#prefix);
    await run('ip', ['netns', 'exec', router, 'nft', '--file', '-'], `flush ruleset\n${ruleset}`);
  }

  /** Tries all connections, those of each machine at the same time; answers in the order of the trials. */
  async measure(trials: readonly Trial[]): Promise<Reached[]> {
    const results: Reached[] = [];
    const bySource = Map.groupBy(trials.entries(), ([, { from }]) => from);
    await Promise.all(
      [...bySource].map(async ([from, own]) => {
        const attempt = own.map(([, { protocol, address, port }]) => ({ protocol, address, port }));
        const reached = (await this.agent(from).ask({ attempt, patience: PATIENCE })) as Reached[];
        for (const [position, [index]] of own.entries()) results[index] = reached[position] ?? 'silence';
      }),
    );
    return results;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.stop()));
    this.closeNow();
  }

  /** Without waiting: for handlers of the process's end. */
  private closeNow(): void {
    process.off('exit', this.#onExit);
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
    for (const agent of this.#agents.values()) agent.kill();
    removeNow([...this.#machines.map((_, index) => namespaceOf(this.#prefix, index)), routerOf(this.#prefix)]);
  }

  private async startAgents(): Promise<void> {
    await Promise.all(
      this.#machines.map(async ({ id, listens }, index) => {
        const agent = new Agent(namespaceOf(this.#prefix, index), this.#command);
        this.#agents.set(id, agent);
        await agent.ask({ listen: listens });
      }),
    );
  }

  private agent(id: string): Agent {
    const agent = this.#agents.get(id);
    if (agent === undefined) throw new RangeError(`no machine ${id} in the network`);
    return agent;
  }
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The process inside a namespace. Questions are answered one after the other. */
class Agent {
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly #ended: Promise<void>;

  constructor(namespace: string, command: readonly string[]) {
    this.#child = spawn('ip', ['netns', 'exec', namespace, ...command], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdin?.on('error', () => undefined);
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', () => resolve());
      this.#child.once('error', () => resolve());
    });
    this.#lines = createInterface({ input: this.#child.stdout ?? process.stdin });
  }

  async ask(question: object): Promise<unknown> {
    const reply = new Promise<string>((resolve) => this.#lines.once('line', resolve));
    this.#child.stdin?.write(`${JSON.stringify(question)}\n`);
    const answer = await Promise.race([reply, this.#ended]);
    if (answer === undefined) throw new Error('the process in the network namespace ended');
    const value = JSON.parse(answer) as unknown;
    if (value !== null && typeof value === 'object' && 'error' in value) throw new Error(String(value.error));
    return value;
  }

  async stop(): Promise<void> {
    this.#child.stdin?.end();
    const late = setTimeout(() => this.kill(), 1000);
    await this.#ended;
    clearTimeout(late);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
