/** What a client meets at a server: an answer after so long, a reset, or silence. The wire is judged by it, not by what it was told. */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { WireFault } from '../../model/drill/faults.ts';

/** How a server is brought to say its first words. */
export type Opening =
  | { readonly kind: 'listen' }
  | { readonly kind: 'say'; readonly bytes: Buffer }
  | { readonly kind: 'tls'; readonly ca: string };

export type Meeting =
  | { readonly kind: 'answer'; readonly ms: number }
  | { readonly kind: 'reset'; readonly error: string }
  | { readonly kind: 'silence' };

/** PostgreSQL's SSLRequest; every version answers it by one letter. */
export const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
/** Nothing comes for so long: silence. */
const SILENCE_MS = 400;
/** Beside the latency that was asked for, a server may take its time. */
const PATIENCE_MS = 5000;

/** Goes to the server once. */
export function meet(port: number, opening: Opening, patienceMs: number): Promise<Meeting> {
  const began = performance.now();
  return new Promise((resolve) => {
    const socket = open(port, opening);
    const settle = (meeting: Meeting): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(meeting);
    };
    const timer = setTimeout(() => settle({ kind: 'silence' }), patienceMs);
    const answer = (): void => settle({ kind: 'answer', ms: performance.now() - began });
    socket.once(opening.kind === 'tls' ? 'secureConnect' : 'data', answer);
    socket.on('error', (error) => settle({ kind: 'reset', error: error.message }));
    socket.once('close', () => settle({ kind: 'reset', error: 'it was closed' }));
  });
}

function open(port: number, opening: Opening): Socket {
  const place = { host: '127.0.0.1', port };
  if (opening.kind === 'tls') return connectTls({ ...place, servername: 'localhost', ca: opening.ca });
  const socket = connectTcp(place);
  if (opening.kind === 'say') socket.write(opening.bytes);
  return socket;
}

/** Why the fault is not seen on the wire; undefined where it is, and for faults that one meeting cannot show. */
export async function missing(fault: WireFault, port: number, opening: Opening): Promise<string | undefined> {
  if (fault.state === 'blackhole' || fault.state === 'half-open') {
    const met = await meet(port, opening, SILENCE_MS);
    return met.kind === 'silence' ? undefined : `a client of the black hole met ${inWords(met)}`;
  }
  if (fault.state === 'refuse') {
    const met = await meet(port, opening, PATIENCE_MS);
    return met.kind === 'reset' ? undefined : `a client that should be refused met ${inWords(met)}`;
  }
  const { latencyMs = 0, resets = 0, stalls = 0 } = fault;
  if (latencyMs === 0 || resets > 0 || stalls > 0) return undefined;
  const least = opening.kind === 'listen' ? latencyMs : latencyMs * 2;
  // A busy machine may be as slow once, without any fault.
  for (let tries = 0; tries < 3; tries++) {
    const met = await meet(port, opening, PATIENCE_MS + latencyMs * 10);
    // Timers round to milliseconds in each direction.
    if (met.kind !== 'answer' || met.ms < least - 2)
      return `with ${latencyMs} ms of latency a client met ${inWords(met)}`;
  }
  return undefined;
}

function inWords(met: Meeting): string {
  if (met.kind === 'answer') return `an answer after ${met.ms.toFixed(0)} ms`;
  return met.kind === 'reset' ? `a reset (${met.error})` : 'silence';
}
