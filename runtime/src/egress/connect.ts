/** A socket to a target: addresses resolved and judged, one pinned, and the peer's address asserted before a byte is sent. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { canonicalHost, type Target } from './target.ts';
import { Refusal } from './errors.ts';
import type { EgressPolicy } from './policy.ts';
import { admitted, type Resolver } from './resolve.ts';

export interface Connecting {
  readonly policy: EgressPolicy;
  readonly resolve: Resolver;
  /** Asked at each connection. Host, port, address and server name in it are not followed. */
  readonly tls?: (() => ConnectionOptions) | undefined;
}

/** Least time for one of several addresses, in ms: what a far one needs. */
const LEAST_PART = 500;

/** Rejects with `Refusal` or the socket's error. All of it takes at most `connectTimeoutMs`. */
export async function openSocket({ policy, resolve, tls }: Connecting, target: Target): Promise<Socket> {
  const abort = new AbortController();
  const due = performance.now() + policy.connectTimeoutMs;
  const timer = setTimeout(() => abort.abort(), policy.connectTimeoutMs);
  try {
    const addresses = await bounded(admitted(policy, target, resolve, abort.signal), abort.signal);
    const socket = await firstOf(addresses, target.port, abort.signal, due);
    return target.secure ? await handshake(socket, target.host, tls, abort.signal) : socket;
  } catch (error) {
    throw abort.signal.aborted
      ? new Refusal({ reason: 'connect-timeout', host: target.host, port: target.port })
      : error;
  } finally {
    clearTimeout(timer);
  }
}

/** One after another. An address that does not answer takes its part of the time until `due`, and leaves the others theirs. */
async function firstOf(addresses: readonly string[], port: number, signal: AbortSignal, due: number): Promise<Socket> {
  let last: unknown;
  for (const [at, address] of addresses.entries()) {
    const part = (due - performance.now()) / (addresses.length - at);
    const over = AbortSignal.timeout(Math.ceil(Math.max(LEAST_PART, part)));
    try {
      return await pinned(address, port, AbortSignal.any([signal, over]));
    } catch (error) {
      if (signal.aborted || (error instanceof Refusal && !over.aborted)) throw error;
      last = error;
    }
  }
  throw last;
}

/** `address` is an IP address, so the kernel is asked for nothing but it. */
async function pinned(address: string, port: number, signal: AbortSignal): Promise<Socket> {
  const socket = connectTcp({ host: address, port, autoSelectFamily: false, noDelay: true });
  await opened(socket, 'connect', signal);
  if (sameAddress(socket.remoteAddress, address) && socket.remotePort === port) return socket;
  socket.destroy();
  throw new Refusal({ reason: 'other-peer', address: socket.remoteAddress ?? 'none', port });
}

async function handshake(socket: Socket, host: string, own: Connecting['tls'], signal: AbortSignal): Promise<Socket> {
  try {
    const { port: _port, path: _path, lookup: _lookup, ...options } = own?.() ?? {};
    const name = isIP(host) === 0 ? { servername: host } : { servername: '' };
    const secured = connectTls({ ...options, ...name, ALPNProtocols: ['http/1.1'], host, socket });
    await opened(secured, 'secureConnect', signal);
    return secured;
  } catch (error) {
    // A certificate that cannot be used is found before the socket belongs to anybody.
    socket.destroy();
    throw error;
  }
}

function opened(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      signal.removeEventListener('abort', aborted);
      socket.removeListener(event, ready);
      socket.removeListener('error', failed);
      socket.removeListener('close', closed);
      if (error === undefined) return resolve();
      socket.on('error', () => undefined).destroy();
      reject(error);
    };
    const ready = () => settle();
    const failed = (error: Error) => settle(error);
    const closed = () => settle(new Refusal({ reason: 'closed' }));
    const aborted = () => settle(new Refusal({ reason: 'connect-timeout' }));
    socket.once(event, ready).once('error', failed).once('close', closed);
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
  });
}

/** A resolver that does not listen to its signal is left behind. */
function bounded<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Refusal({ reason: 'connect-timeout' })), { once: true });
    work.then(resolve, reject);
  });
}

/** The kernel writes IPv6 in one form only; answers of resolvers may have another. */
function sameAddress(remote: string | undefined, address: string): boolean {
  if (remote === undefined) return false;
  return bare(remote) === bare(address);
}

function bare(address: string): string {
  return canonicalHost(address).replace(/^\[|\]$/g, '');
}
