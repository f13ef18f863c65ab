/** Upgrades, tunnels (CONNECT), and what never became a request, do not pass the router: what was answered is read from the first bytes that are written to the socket. */
import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { attached, type Active } from './active.ts';

export interface Upgraded {
  readonly request: IncomingMessage;
  /** 101, the refusal's status, or 499 when the socket closed without an answer. */
  readonly status: number;
  readonly seconds: number;
  readonly context: Active | undefined;
}

type UpgradeListener = (request: IncomingMessage, socket: Duplex) => void;

/**
 * Calls `listener` ahead of whoever takes upgrades or tunnels, once somebody does. A listener alone would take them itself: Node answers a request with
 * an `Upgrade` header like any other, and closes what asks for a tunnel, only as long as nobody listens.
 */
export function beforeUpgrades(server: EventEmitter, listener: UpgradeListener): void {
  before(server, 'upgrade', listener);
  before(server, 'connect', listener);
}

function before(server: EventEmitter, awaited: 'upgrade' | 'connect', listener: UpgradeListener): void {
  if (server.listenerCount(awaited) > 0) {
    server.prependListener(awaited, listener);
    return;
  }
  let installed = false;
  server.on('newListener', function install(event: string | symbol) {
    if (event !== awaited || installed) return;
    installed = true;
    server.off('newListener', install);
    server.prependListener(awaited, listener);
  });
}

const NO_REQUEST = /^(?:HPE_|ERR_HTTP_REQUEST_TIMEOUT$)/;
const STATUS = /^HTTP\/1\.[01] (\d{3})/;

export function onUpgrade(server: EventEmitter, listener: (upgraded: Upgraded) => void): void {
  beforeUpgrades(server, (request, socket) => {
    const start = performance.now();
    let open = true;
    const settle = (status: number): void => {
      if (!open) return;
      open = false;
      restore();
      listener({ request, status, seconds: (performance.now() - start) / 1000, context: attached(request) });
    };
    const restore = watchFirstWrite(socket, (chunk) => settle(Number(STATUS.exec(chunk)?.[1] ?? 0)));
    socket.once('close', () => settle(499));
  });
}

/**
 * Calls `listener` with the status that is answered to what never became a request: the parser refused it, or its time was over. Nothing is listened to
 * where nobody answers but Node itself, which a listener would keep from it.
 */
export function onNoRequest(server: EventEmitter, listener: (status: number) => void): void {
  if (server.listenerCount('clientError') === 0) return;
  server.prependListener('clientError', ({ code = '' }: NodeJS.ErrnoException, socket: Duplex) => {
    if (!socket.writable || !NO_REQUEST.test(code)) return;
    const restore = watchFirstWrite(socket, (chunk) => {
      const status = Number(STATUS.exec(chunk)?.[1] ?? 0);
      if (status > 0) listener(status);
    });
    // Whoever answers does it at once: what is written later answers a request before it.
    process.nextTick(restore);
  });
}

/** Calls `told` with the first text that is written, and gives the socket its own methods back. */
function watchFirstWrite(socket: Duplex, told: (chunk: string) => void): () => void {
  const { write, end } = socket;
  const restore = (): void => {
    socket.write = write;
    socket.end = end;
  };
  const watched =
    (method: typeof write | typeof end) =>
    (...args: unknown[]): unknown => {
      const [chunk] = args;
      restore();
      if (typeof chunk === 'string' || chunk instanceof Uint8Array)
        told(Buffer.from(chunk as string).toString('latin1', 0, 32));
      return Reflect.apply(method, socket, args);
    };
  socket.write = watched(write) as typeof write;
  socket.end = watched(end) as typeof end;
  return restore;
}
