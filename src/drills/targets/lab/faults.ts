import { readFileSync } from 'node:fs';
import { CannotTell } from '../../../model/drill/drill.ts';
import type { Faults, Wire } from '../../../model/drill/faults.ts';
import { connectionsOf } from '../../faults/connections.ts';
import { missing, SSL_REQUEST, type Opening } from '../../faults/effect.ts';
import { startProxyProcess } from '../../faults/proxy/start.ts';
import type { Lab } from '../../lab/part.ts';
import type { OpenLab } from '../../lab/open.ts';
import { restartPart } from '../../lab/restart.ts';
import type { Use } from '../../target.ts';
import type { NotedUndo } from '../../undo/types.ts';
import { RUN_MARK } from '../../undo/end-processes.ts';
import { family, processOf } from './parts.ts';

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

export function labFaults(open: OpenLab, { signal, undo, run }: Use): Faults {
  const { lab } = open;
  return {
    async wire(from, to) {
      const server = SERVERS[to];
      if (server === undefined || !lab.has(to))
        throw new CannotTell(`the lab has no server ${to} to lead through a proxy`);
      if (open.state.segmented) throw new CannotTell('in a segmented lab no part reaches a proxy on this machine');
      const port = lab.port(to, server.port);
      // One for each: an undo has a minute, and a busy machine may need half of it for a restart.
      const undone: NotedUndo[] = [];
      for (const part of from)
        undone.push(await undo.before({ kind: 'restart-parts', data: { directory: lab.directory, parts: [part] } }));
      const proxy = await startProxyProcess({ host: '127.0.0.1', port }, { [RUN_MARK]: run });
      const wired: Lab = {
        ...lab,
        port: (part, name) => (part === to && name === server.port ? proxy.port : lab.port(part, name)),
      };
      for (const part of from) await restartPart({ ...open, lab: wired }, part, signal);
      assertNoneEscapes(open, from, to, port);
      const opening = openingOf(lab, server.opening);
      return {
        async set(fault) {
          await proxy.set(fault);
          const because = await missing(fault, proxy.port, opening);
          if (because !== undefined)
            throw new CannotTell(`the fault between ${from.join(', ')} and ${to} has no effect: ${because}`);
          assertNoneEscapes(open, from, to, port);
        },
        clear: () => proxy.set({}),
        traffic: () => proxy.traffic(),
        async remove() {
          for (const one of undone) await one.now();
          proxy.end();
        },
      } satisfies Wire;
    },
    fillDisk: (part) =>
      Promise.reject(new CannotTell(`the folder in which ${part} keeps its data has no quota of its own in the lab`)),
  };
}

function assertNoneEscapes(open: OpenLab, from: readonly string[], to: string, port: number): void {
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
