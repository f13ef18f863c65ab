/** Bytes as they are on a connection of their own: requests that no client library would send. */
import { connect as connectPlain, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';

export interface RawPlace {
  readonly address: string;
  readonly port: number;
  readonly host: string;
  readonly ca?: string;
  readonly plain: boolean;
  /** Another address of this machine to come from. */
  readonly from?: string;
}

export interface RawAnswer {
  readonly text: string;
  /** Milliseconds from the connection to its end by the other side; undefined where that left it open. */
  readonly closedAfterMs: number | undefined;
}

export interface RawOptions {
  readonly pauseMs?: number;
  readonly timeoutMs?: number;
  /** Ends as soon as this text has come. */
  readonly until?: string;
  /** Told of all that has come so far, whenever there is more. */
  readonly seen?: (text: string) => void;
}

const DEFAULT_MS = 10_000;
const MOST_BYTES = 1024 * 1024;

/** Writes the pieces with a pause after each, until the other side closes or the time is up. Rejects where no connection comes about. */
export async function writeRaw(
  place: RawPlace,
  pieces: readonly (string | Uint8Array)[],
  options: RawOptions,
  signal: AbortSignal,
): Promise<RawAnswer> {
  const { pauseMs = 0, timeoutMs = DEFAULT_MS, until, seen } = options;
  const socket = await open(place, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
  const began = performance.now();
  let text = '';
  let closedAfterMs: number | undefined;
  const end = Promise.withResolvers<void>();
  const timer = setTimeout(end.resolve, timeoutMs);
  signal.addEventListener('abort', () => end.resolve(), { once: true });
  socket.on('data', (chunk: Buffer) => {
    if (text.length < MOST_BYTES) text += chunk.toString('latin1');
    seen?.(text);
    if (until !== undefined && text.includes(until)) end.resolve();
  });
  // A reset is an end as well; `close` follows.
  socket.on('error', () => undefined);
  socket.once('close', () => {
    closedAfterMs ??= performance.now() - began;
    end.resolve();
  });
  socket.once('end', () => {
    closedAfterMs ??= performance.now() - began;
    end.resolve();
  });
  void write(socket, pieces, pauseMs);
  await end.promise;
  clearTimeout(timer);
  socket.destroy();
  signal.throwIfAborted();
  return { text, closedAfterMs };
}

async function write(socket: Socket, pieces: readonly (string | Uint8Array)[], pauseMs: number): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed || !socket.writable) return;
    socket.write(piece);
    if (pauseMs > 0) await sleep(pauseMs);
  }
}

function open({ address, port, host, ca, plain, from }: RawPlace, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = plain
      ? connectPlain({ host: address, port, ...(from === undefined ? {} : { localAddress: from }) })
      : connectTls({
          host: address,
          port,
          servername: host,
          ALPNProtocols: ['http/1.1'],
          ...(from === undefined ? {} : { localAddress: from }),
          ...(ca === undefined ? {} : { ca }),
        });
    const abort = (): void => void socket.destroy(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', reject);
    socket.once(plain ? 'connect' : 'secureConnect', () => {
      signal.removeEventListener('abort', abort);
      resolve(socket);
    });
  });
}
