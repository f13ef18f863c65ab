/** One connection through the proxy: the client's side, the server's, and what passes between them under the fault of now. */
import { connect, type Socket } from 'node:net';
import type { WireFault } from '../../../model/drill/faults.ts';
import { startFlow, type Flow } from './flow.ts';

const WITHIN_MS = 1000;

export interface ProxiedConnection {
  /** The fault is another one now. */
  changed(): void;
  /** Resets both sides. */
  end(): void;
}

export interface ConnectionOptions {
  readonly client: Socket;
  readonly server: { readonly host: string; readonly port: number };
  readonly fault: () => WireFault;
  readonly passed: (direction: 'up' | 'down', bytes: number) => void;
  /** Both sides are gone. */
  readonly over: () => void;
}

export function proxyConnection({ client, server, fault, passed, over }: ConnectionOptions): ProxiedConnection {
  let upstream: Socket | undefined;
  let flows: readonly Flow[] = [];
  let stalled = false;
  /** Its server side was closed by a fault: the client is left with a connection to nowhere. */
  let orphan = false;
  /** One side was reset while nothing passed: the other has yet to hear of it. */
  let untold: (() => void) | undefined;
  let fate: NodeJS.Timeout | undefined;

  client.setNoDelay(true);
  client.on('error', () => tell(upstream));
  client.on('close', closed);

  function open(): void {
    const opened = connect({ ...server, noDelay: true, allowHalfOpen: true });
    upstream = opened;
    opened.on('error', () => tell(client));
    opened.on('close', closed);
    flows = [
      startFlow({ from: client, to: opened, fault, held, passed: (bytes) => passed('up', bytes) }),
      startFlow({ from: opened, to: client, fault, held, passed: (bytes) => passed('down', bytes) }),
    ];
  }

  function held(): boolean {
    return stalled || fault().state === 'blackhole';
  }

  /** What ends in order goes the way of the bytes; a reset goes on as a reset. */
  function tell(other: Socket | undefined): void {
    if (orphan || other === undefined || other.destroyed) return;
    if (held()) untold = () => tell(other);
    else setTimeout(() => void other.resetAndDestroy(), fault().slowCloseMs ?? 0);
  }

  function closed(): void {
    if (!client.closed || upstream?.closed === false) return;
    clearTimeout(fate);
    over();
  }

  function reset(): void {
    for (const flow of flows) flow.stop();
    client.resetAndDestroy();
    upstream?.resetAndDestroy();
  }

  /** Reads what the client sends and throws it away: it gets no answer, and no error either. */
  function leaveAlone(): void {
    orphan = true;
    for (const flow of flows) flow.stop();
    upstream?.destroy();
    client.resume();
  }

  function draw({ resets = 0, stalls = 0, withinMs = WITHIN_MS }: WireFault): void {
    clearTimeout(fate);
    const lot = Math.random();
    const later = (work: () => void) => (fate = setTimeout(work, Math.random() * withinMs));
    if (lot < resets) later(reset);
    else if (lot < resets + stalls) later(() => ((stalled = true), look()));
  }

  function look(): void {
    for (const flow of flows) flow.changed();
  }

  function changed(): void {
    const now = fault();
    stalled = false;
    if (now.state === 'refuse') return reset();
    if (now.state === 'half-open') return leaveAlone();
    // The other end of a connection that it has forgotten answers with a reset.
    if (orphan) return reset();
    draw(now);
    if (now.state !== 'blackhole' && upstream === undefined) open();
    look();
    if (held()) return;
    untold?.();
    untold = undefined;
  }

  changed();
  return { changed, end: reset };
}
