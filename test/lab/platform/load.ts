/** Requests at a fixed rate, whatever becomes of those before (open loop), over connections that are kept, as browsers keep them. */
import { Agent, request } from 'node:https';
import type { Platform } from './platform.ts';

export interface LoadReport {
  readonly statuses: Readonly<Record<string, number>>;
  /** What went wrong with connections, by code. */
  readonly errors: Readonly<Record<string, number>>;
}

export interface Load {
  stop(): Promise<LoadReport>;
}

export interface LoadOptions {
  readonly path: string;
  /** Requests a second, spread over the tokens and addresses. */
  readonly rate: number;
  readonly tokens: readonly string[];
  readonly from: readonly string[];
}

export function startLoad({ ca, edge }: Platform, { path, rate, tokens, from }: LoadOptions): Load {
  const statuses: Record<string, number> = {};
  const errors: Record<string, number> = {};
  const agents = from.map((localAddress) => new Agent({ keepAlive: true, localAddress, ca }));
  const under = new Set<Promise<void>>();
  const count = (where: Record<string, number>, what: string) => (where[what] = (where[what] ?? 0) + 1);
  let sent = 0;

  function once(number: number): Promise<void> {
    return new Promise((resolve) => {
      const outgoing = request({
        host: '127.0.0.1',
        port: edge,
        servername: 'api.localhost',
        path,
        agent: agents[number % agents.length],
        headers: { host: `api.localhost:${edge}`, authorization: `Bearer ${tokens[number % tokens.length]}` },
      });
      const failed = (error: NodeJS.ErrnoException) => (count(errors, error.code ?? error.message), resolve());
      outgoing.on('error', failed);
      outgoing.on('response', (response) => {
        response.on('error', failed);
        response.on('end', () => (count(statuses, String(response.statusCode)), resolve()));
        response.resume();
      });
      outgoing.end();
    });
  }

  const timer = setInterval(() => {
    const answer = once(sent++);
    under.add(answer);
    void answer.then(() => under.delete(answer));
  }, 1000 / rate);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(under);
      for (const agent of agents) agent.destroy();
      return { statuses, errors };
    },
  };
}
