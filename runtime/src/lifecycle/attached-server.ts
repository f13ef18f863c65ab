/**
 * One server, with everything that `server.close()` forgets. After it, Node keeps answering `keep-alive` on busy connections,
 * keeps sockets that never asked anything, ends HTTP/2 sessions without a warning or, before Node 24, not at all, and knows
 * nothing of upgraded sockets. So all of them are watched from before the first connection on, at the one place that comes
 * before every listener: `emit`.
 */
import { Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Http2SecureServer, Http2Server, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { Server as HttpsServer } from 'node:https';
import { Server as NetServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { Server as TlsServer, TLSSocket } from 'node:tls';
import { FIRST_REQUEST, Http1Connections } from './http1-connections.ts';
import { Http2Sessions } from './http2-sessions.ts';
import { showUpgrade } from '../shared/upgrade.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';

export type AnyServer = HttpServer | HttpsServer | Http2Server | Http2SecureServer;

/** What was open when it was cut off. */
export interface CutOff {
  readonly requests: number;
  readonly streams: number;
  readonly upgraded: number;
}

export interface UpgradePolicy {
  readonly refuseWhileLeaving: boolean;
  retryAfterMs(): number;
}

export class AttachedServer {
  readonly #server: AnyServer;
  readonly #policy: UpgradePolicy;
  readonly #http1 = new Http1Connections();
  readonly #http2 = new Http2Sessions();
  readonly #upgraded = new Set<Socket>();
  /** Under TLS: those that have not finished their handshake, by the address of the other side. */
  readonly #handshaking = new Map<string, { socket: Socket; since: number }>();
  #phase: 'serving' | 'leaving' | 'closed' = 'serving';

  /** @throws Error where the server listens already: a connection may have been missed. */
  constructor(server: AnyServer, policy: UpgradePolicy) {
    if (server.listening)
      throw new Error('attach the server to the lifecycle before it listens, or connections are missed');
    this.#server = server;
    this.#policy = policy;
    const emit = server.emit as (event: string | symbol, ...args: unknown[]) => boolean;
    const http1 = this.#http1;
    server.emit = (event: string | symbol, ...args: unknown[]): boolean => {
      if (event !== 'request') return this.#watch(event, args) || emit.call(server, event, ...args);
      // The one event that comes often.
      const [request, response] = [args[0] as IncomingMessage, args[1] as ServerResponse];
      return !http1.request(request, response) || emit.call(server, event, request, response);
    };
  }

  /** From now on HTTP/1.1 answers say `Connection: close`; everything is still served. */
  leave(): void {
    this.#phase = 'leaving';
    this.#http1.leave();
  }

  /** Takes no more connections and no more HTTP/2 streams. What is open goes on. */
  close(): void {
    this.#phase = 'closed';
    this.#http2.close();
    if (this.#server.listening) this.#stopListening();
    this.sweep();
  }

  /** The `close` of an HTTP/2 server ends its sessions at once; the listener alone is closed by the one of `net`. */
  #stopListening(): void {
    if (this.#server instanceof HttpServer || this.#server instanceof HttpsServer) this.#server.close();
    else NetServer.prototype.close.call(this.#server);
  }

  /** Closes what has become idle since; to be repeated, because a busy connection is idle only later. */
  sweep(): void {
    if ('closeIdleConnections' in this.#server) this.#server.closeIdleConnections();
    this.#http1.sweep();
    this.#http2.sweep();
    for (const { socket, since } of this.#handshaking.values())
      if (performance.now() - since >= FIRST_REQUEST) socket.destroy();
  }

  get listening(): boolean {
    return this.#server.listening;
  }

  get empty(): boolean {
    return this.#http1.size + this.#http2.size + this.#upgraded.size + this.#handshaking.size === 0;
  }

  /** Cuts everything off and says what that was; connections without work do not count. */
  destroy(): CutOff {
    const cut = { requests: this.#http1.busy, streams: this.#http2.streams, upgraded: this.#upgraded.size };
    this.close();
    this.#http1.destroy();
    this.#http2.destroy();
    for (const socket of this.#upgraded) socket.destroy();
    for (const { socket } of this.#handshaking.values()) socket.destroy();
    return cut;
  }

  /** True keeps the event from every listener. */
  #watch(event: string | symbol, args: unknown[]): boolean {
    switch (event) {
      case 'checkContinue':
      case 'checkExpectation':
        return !this.#http1.request(args[0] as IncomingMessage, args[1] as ServerResponse);
      case 'listening':
        // Of an application that was still starting. Behind its listeners, who ask for the address.
        if (this.#phase === 'closed') setImmediate(() => this.close());
        return false;
      case 'connection':
        this.#connection(args[0] as Socket);
        return false;
      case 'secureConnection':
        this.#secureConnection(args[0] as TLSSocket);
        return false;
      case 'session':
        this.#http2.add(args[0] as ServerHttp2Session, this.#phase === 'closed');
        return false;
      case 'stream':
        this.#http2.stream(args[0] as ServerHttp2Stream);
        return false;
      case 'upgrade':
      case 'connect':
        // Of a tunnel in HTTP/2 the answer comes here, whose stream is known already.
        return args[1] instanceof Duplex && this.#upgrade(event, args, args[1] as Socket);
      default:
        return false;
    }
  }

  #connection(socket: Socket): void {
    // An https server emits `connection` for the raw socket, and for a TLSSocket handed over by the application.
    if (this.#server instanceof TlsServer && !(socket instanceof TLSSocket)) {
      const key = addressOf(socket);
      this.#handshaking.set(key, { socket, since: performance.now() });
      socket.once('close', () => this.#handshaking.get(key)?.socket === socket && this.#handshaking.delete(key));
    } else if ('closeIdleConnections' in this.#server || socket instanceof TLSSocket) {
      this.#http1.add(socket);
    } else this.#http2.connection(socket);
  }

  #secureConnection(socket: TLSSocket): void {
    this.#handshaking.delete(addressOf(socket));
    if (socket.alpnProtocol === 'h2') this.#http2.connection(socket);
    else this.#http1.add(socket);
  }

  #upgrade(event: 'upgrade' | 'connect', args: readonly unknown[], socket: Socket): boolean {
    this.#http1.forget(socket);
    if (this.#phase === 'closed' || (this.#phase === 'leaving' && this.#policy.refuseWhileLeaving)) {
      showUpgrade(this.#server, event, args);
      refuseUpgrade(socket, this.#policy.retryAfterMs());
      return true;
    }
    this.#upgraded.add(socket);
    socket.once('close', () => this.#upgraded.delete(socket));
    return false;
  }
}

function addressOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
