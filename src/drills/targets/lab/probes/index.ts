/** The API's probe of nodes, and a trap for it. */
import { createServer, type Server } from 'node:net';
import { createServer as createHttps } from 'node:https';
import { once } from 'node:events';
import { z } from 'zod';
import { CannotTell } from '../../../../model/drill/drill.ts';
import type { Probes, Trap } from '../../../../model/drill/probes.ts';
import type { OpenLab } from '../../../lab/open.ts';
import { nodeId } from '../../../lab/parts/postgres.ts';
import type { Use } from '../../../target.ts';
import { issueClient, leafOf } from '../trust/clients.ts';
import { openTrust } from '../../../lab/trust/store.ts';
import { labParts } from '../parts.ts';
import { labPeople } from '../people.ts';
import { askReplica } from '../replica.ts';
import { startNameServer } from './dns.ts';
import { resolverPreload } from './preload.ts';

const NODE = 'node-agent-1';
const MOST_ATTEMPTS = 20;
/** Names of the drill end so; no resolver knows them. */
const DOMAIN = 'launchgate-drill.test';
const answer = z.object({ outcome: z.enum(['reachable', 'failed']) });

export function labProbes(open: OpenLab, use: Use): Probes {
  const { lab } = open;
  const token = lazily(() => labPeople(open, use).token('root'));
  return {
    allowed,
    // The one that no trap changes, where there are several.
    send: async (service, url) => probe(replicasOf(service).at(-1)!, url),
    trap: setTrap,
  };

  function allowed(): { address: string; port: number } {
    return { address: lab.host, port: lab.port(NODE, 'agent') };
  }

  function replicasOf(service: string): readonly string[] {
    const replicas = service === 'api' && lab.has(NODE) ? lab.replicas(service) : [];
    if (replicas.length === 0) throw new CannotTell(`the lab runs no ${service} that probes`);
    return replicas;
  }

  async function probe(part: string, url: string): Promise<'reached' | 'not reached'> {
    const path = `/api/v1/nodes/${nodeId(NODE)}/probe`;
    const call = { method: 'POST', path, token: await token(), body: { url }, signal: use.signal };
    for (let attempt = 1; ; attempt += 1) {
      const { status, text } = await askReplica(lab, part, call);
      // Too many, or a store that was late: nothing was probed yet.
      if ((status === 429 || status === 503) && attempt < MOST_ATTEMPTS) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        continue;
      }
      if (status === 400 || status === 422) return 'not reached';
      if (status !== 200) throw new CannotTell(`${part} answers a probe with ${status} ${text.slice(0, 200)}`);
      return answer.parse(JSON.parse(text)).outcome === 'reachable' ? 'reached' : 'not reached';
    }
  }

  async function setTrap(service: string): Promise<Trap> {
    const [part] = replicasOf(service);
    const { port } = allowed();
    let visits = 0;
    let over = false;
    const loopback = await Promise.all(
      ['127.0.0.1', '::1'].map((address) => listenAt(address, port, () => (visits += 1))),
    );
    const redirects = await startRedirects();
    const names = await startNameServer();
    use.signal.addEventListener('abort', end, { once: true });
    const ports = [...lab.replicas('node-agent').map((agent) => lab.port(agent, 'agent')), redirects.port].join(',');
    const env = { NODE_PROBE_ALLOWED_PORTS: ports, NODE_OPTIONS: resolverPreload(names.port) };
    await labParts(open, use).restart(part!, { env });
    let count = 0;
    return {
      port,
      visits: () => visits,
      redirectTo: (to) => `https://${lab.host}:${redirects.port}/?to=${encodeURIComponent(to)}`,
      name(answers) {
        const name = `n${(count += 1)}.${DOMAIN}`;
        names.tell(name, answers);
        return name;
      },
      lookups: names.lookups,
      send: (url) => probe(part!, url),
      end,
    };

    function end(): void {
      if (over) return;
      over = true;
      for (const server of loopback) server?.close();
      redirects.close();
      names.close();
    }
  }

  /** With a certificate of the platform's, so that nothing but the redirect is a reason to stop. */
  async function startRedirects(): Promise<{ port: number; close(): void }> {
    const authority = (await openTrust(lab.directory, lab.host)).authority();
    const { chain, key } = leafOf(await issueClient(authority, undefined, [lab.host]));
    const server = createHttps({ cert: chain, key }, (request, response) => {
      const to = new URL(request.url ?? '/', 'https://drill').searchParams.get('to') ?? '';
      response.writeHead(302, { location: to }).end();
    });
    server.listen(0, lab.host);
    await once(server, 'listening');
    return { port: (server.address() as { port: number }).port, close: () => server.close() };
  }
}

/** Undefined where the machine has no such address. */
async function listenAt(address: string, port: number, visited: () => void): Promise<Server | undefined> {
  const server = createServer((socket) => {
    visited();
    socket.on('error', () => undefined);
    socket.destroy();
  });
  server.unref();
  server.listen(port, address);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRNOTAVAIL') return undefined;
    throw new CannotTell(`nobody can listen at ${address} on port ${port}`, { cause: error });
  }
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
