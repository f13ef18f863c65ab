/** Proxies between services and the servers of the lab. */
import { readFileSync } from 'node:fs';
import { CannotTell } from '../../../../model/drill/drill.ts';
import type { Faults, Way, Wire } from '../../../../model/drill/faults.ts';
import { connectionsOf } from '../../../faults/connections.ts';
import { missing, SSL_REQUEST, type Opening } from '../../../faults/effect.ts';
import { startProxyProcess, type ProxyProcess } from '../../../faults/proxy/start.ts';
import type { OpenLab } from '../../../lab/open.ts';
import type { Lab, Part } from '../../../lab/part.ts';
import { restartParts } from '../../../lab/restart.ts';
import type { Use } from '../../../target.ts';
import { RUN_MARK } from '../../../undo/end-processes.ts';
import { family } from '../../../lab/run/proc.ts';
import { processOf } from '../parts.ts';

/** The port of each server that others connect to, and how it is brought to speak. */
const SERVERS: Readonly<Record<string, { readonly port: string; readonly opening: Opening['kind'] }>> = {
  postgres: { port: 'sql', opening: 'say' },
  'postgres-replica': { port: 'sql', opening: 'say' },
  mariadb: { port: 'sql', opening: 'listen' },
  nats: { port: 'client', opening: 'listen' },
  redis: { port: 'tls', opening: 'tls' },
  cache: { port: 'tls', opening: 'tls' },
  identity: { port: 'https', opening: 'tls' },
};

/** A way, and the proxy that stands in it. */
interface Led extends Way {
  readonly name: string;
  readonly port: number;
  readonly proxy: ProxyProcess;
}

export function labWires(open: OpenLab, { signal, undo, run }: Use): Faults['wires'] {
  const { lab } = open;
  return async (ways) => {
    const servers = ways.map(({ to }) => serverOf(open, to));
    const parts = [...new Set(ways.flatMap(({ from }) => from))];
    const undone = await undo.before({ kind: 'restart-parts', data: { directory: lab.directory, parts } });
    const led = await Promise.all(
      ways.map(async (way, index): Promise<Led> => {
        const { port: name } = servers[index]!;
        const port = lab.port(way.to, name);
        return { ...way, name, port, proxy: await startProxyProcess({ host: '127.0.0.1', port }, { [RUN_MARK]: run }) };
      }),
    );
    await restartParts({ ...open, parts: open.parts.map((part) => through(part, led)) }, parts, signal);
    for (const one of led) assertNoneEscapes(open, one);
    return {
      wires: led.map((one, index) => wireOf(open, one, openingOf(lab, servers[index]!.opening))),
      async remove() {
        await undone.now();
        for (const { proxy } of led) proxy.end();
      },
    };
  };
}

function serverOf(open: OpenLab, to: string) {
  const server = SERVERS[to];
  if (server === undefined || !open.lab.has(to))
    throw new CannotTell(`the lab has no server ${to} to lead through a proxy`);
  if (open.state.segmented) throw new CannotTell('in a segmented lab no part reaches a proxy on this machine');
  return server;
}

/** The part as it is started when it is told the proxies' ports. */
function through(part: Part, led: readonly Led[]): Part {
  const own = led.filter(({ from }) => from.includes(part.name));
  if (own.length === 0) return part;
  const proxyOf = (to: string, name: string) => own.find((one) => one.to === to && one.name === name)?.proxy;
  const seenBy = (lab: Lab): Lab => ({ ...lab, port: (to, name) => proxyOf(to, name)?.port ?? lab.port(to, name) });
  return { ...part, command: (lab) => part.command(seenBy(lab)) };
}

function wireOf(open: OpenLab, led: Led, opening: Opening): Wire {
  const { from, to, proxy } = led;
  return {
    async set(fault) {
      await proxy.set(fault);
      const because = await missing(fault, proxy.port, opening);
      if (because !== undefined)
        throw new CannotTell(`the fault between ${from.join(', ')} and ${to} has no effect: ${because}`);
      assertNoneEscapes(open, led);
    },
    clear: () => proxy.set({}),
    traffic: () => proxy.traffic(),
  };
}

function assertNoneEscapes(open: OpenLab, { from, to, port }: Led): void {
  for (const part of from) {
    const pids = family(processOf(open, part)).map(({ pid }) => pid);
    const past = connectionsOf(pids).filter(({ remotePort }) => remotePort === port);
    if (past.length > 0) throw new CannotTell(`${past.length} connections of ${part} to ${to} go past the proxy`);
  }
}

function openingOf(lab: Lab, kind: Opening['kind']): Opening {
  if (kind === 'tls') return { kind, ca: readFileSync(lab.client.ca, 'utf8') };
  return kind === 'say' ? { kind, bytes: SSL_REQUEST } : { kind };
}
