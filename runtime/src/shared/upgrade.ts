/** Upgrades, tunnels (CONNECT), and what never became a request, do not pass the router: what was answered is read from the first bytes that are written to the socket. */
import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { Duplex } from 'node:stream';
import { attached, type Active } from './active.ts';
import { answerUpgrade } from './answer-upgrade.ts';

export interface Upgraded {
  readonly request: IncomingMessage;
  /** 101, the refusal's status, or 499 when the socket closed without an answer. */
  readonly status: number;
  readonly seconds: number;
  readonly context: Active | undefined;
}

/** HTTP/2 has the answer where HTTP/1.1 has the socket. */
type Answerable = Duplex | Http2ServerResponse;
type UpgradeListener = (request: IncomingMessage, socket: Answerable) => void;

/** Those who look at upgrades and tunnels, and take none; and those who refuse them where nobody else takes them. */
const LOOKING = /* @__PURE__ */ new WeakSet<object>();
const REFUSING = /* @__PURE__ */ new WeakSet<object>();

/**
 * Calls `listener` ahead of whoever takes upgrades or tunnels, once somebody does. A listener alone would take them itself: Node answers a request with
 * an `Upgrade` header like any other, and closes what asks for a tunnel, only as long as nobody listens.
 */
export function beforeUpgrades(server: EventEmitter, listener: UpgradeListener): void {
  LOOKING.add(listener);
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

/** For whoever keeps an upgrade or a tunnel from its listeners, and answers it: those who look are told of it all the same. */
export function showUpgrade(server: EventEmitter, event: 'upgrade' | 'connect', args: readonly unknown[]): void {
  for (const each of server.listeners(event)) if (LOOKING.has(each)) Reflect.apply(each, server, args);
}

/** Refuses tunnels where nobody takes them. Node alone would close the connection without a word, and nobody would know that one was asked for. */
export function refuseTunnels(server: EventEmitter): void {
  const refuse = (_request: IncomingMessage, socket: Answerable): void => {
    if (server.listeners('connect').every((each) => LOOKING.has(each) || REFUSING.has(each))) noTunnel(socket);
  };
  REFUSING.add(refuse);
  server.on('connect', refuse);
}

/** RFC 9110, 15.5.6: there is no method that the target of a tunnel allows. */
function noTunnel(socket: Answerable): void {
  if (socket.destroyed || socket.writableEnded) return;
  if (socket instanceof Duplex)
    return answerUpgrade(
      socket,
      'HTTP/1.1 405 Method Not Allowed\r\nAllow:\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
    );
  socket.statusCode = 405;
  socket.setHeader('allow', '');
  socket.end();
}

const NO_REQUEST = /^(?:HPE_|ERR_HTTP_REQUEST_TIMEOUT$)/;
const STATUS = /^HTTP\/1\.[01] (\d{3})/;
const UNANSWERED = 499;

export function onUpgrade(server: EventEmitter, listener: (upgraded: Upgraded) => void): void {
  beforeUpgrades(server, (request, socket) => {
    const start = performance.now();
    let open = true;
    const settle = (status: number): void => {
      if (!open) return;
      open = false;
      listener({ request, status, seconds: (performance.now() - start) / 1000, context: attached(request) });
    };
    if (!(socket instanceof Duplex)) {
      socket.once('close', () => settle(socket.headersSent ? socket.statusCode : UNANSWERED));
      return;
    }
    const restore = watchFirstWrite(socket, (chunk) => settle(Number(STATUS.exec(chunk)?.[1] ?? 0)));
    socket.once('close', () => {
      if (open) restore();
      settle(UNANSWERED);
    });
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
