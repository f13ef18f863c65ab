/** The links to node agents: one per node, made when the first session needs it, closed when none has for a while. */
import type { AgentConnectionOptions } from './agent-connection.ts';
import { AgentLink } from './agent-link.ts';

export interface Agents {
  readonly connected: number;
  /** Undefined when the address is outside the networks that nodes may have. */
  link(address: string): AgentLink | undefined;
  close(): void;
}

export interface AgentsOptions extends Omit<AgentConnectionOptions, 'address'> {
  /** Whether a node may have this IP address and port. */
  mayReach(address: string, port: number): boolean;
  readonly pingEvery: number;
}

export function createAgents(options: AgentsOptions): Agents {
  const links = new Map<string, AgentLink>();
  const timer = setInterval(look, options.pingEvery);

  function look(): void {
    for (const [address, link] of links) {
      if (link.unused) link.close();
      if (link.closed) links.delete(address);
      else link.ping();
    }
  }

  return {
    get connected() {
      return [...links.values()].filter(({ ready }) => ready).length;
    },
    link(address) {
      const colon = address.lastIndexOf(':');
      const host = address.slice(0, colon).replaceAll(/[[\]]/g, '');
      if (!options.mayReach(host, Number(address.slice(colon + 1)))) return undefined;
      const existing = links.get(address);
      if (existing !== undefined && !existing.closed) return existing;
      const link = new AgentLink({ ...options, address });
      links.set(address, link);
      return link;
    },
    close() {
      clearInterval(timer);
      for (const link of links.values()) link.close();
    },
  };
}
