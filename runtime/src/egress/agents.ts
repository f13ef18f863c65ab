/** The `node:http` and `node:https` side, which `ws` uses as well: agents whose sockets come from `openSocket` only. */
import { Agent as HttpAgent, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { openSocket, type Connecting } from './connect.ts';
import { Refusal, uniform, type Report } from './errors.ts';
import { holdHead } from './head.ts';
import { canonicalHost, makeTarget, type Target } from './target.ts';

interface RequestOptions {
  readonly host?: string | null | undefined;
  readonly hostname?: string | null | undefined;
  readonly port?: number | string | null | undefined;
  readonly socketPath?: string | null | undefined;
}
/** Where a request meets its agent; not in the types, and overridden by all agents that have to see requests. */
const addRequest = (HttpAgent.prototype as unknown as { addRequest: (this: HttpAgent, ...of: AddArguments) => void })
  .addRequest;
type AddArguments = [request: ClientRequest, options: RequestOptions];
type Created = (error: Error | null, stream: Duplex) => void;

export function egressAgents(connecting: Connecting, report: Report): { http: HttpAgent; https: HttpsAgent } {
  const { policy } = connecting;

  function targetOf(options: RequestOptions, secure: boolean): Target {
    if (options.socketPath) throw new Refusal({ reason: 'socket-path' });
    const host = canonicalHost(options.host ?? options.hostname ?? '');
    return makeTarget(policy, host, Number(options.port ?? (secure ? 443 : 80)), secure);
  }
  function create(options: RequestOptions, secure: boolean, created: Created): undefined {
    const failed = (error: unknown) =>
      created(uniform(error, report, { host: String(options.host) }), undefined as unknown as Duplex);
    Promise.resolve()
      .then(() => openSocket(connecting, targetOf(options, secure)))
      .then((socket) => created(null, socket), failed);
  }
  function hold(request: ClientRequest, options: RequestOptions, secure: boolean): void {
    hideErrors(request, (error) => uniform(error, report, { host: String(options.host) }));
    capTime(request, policy.timeoutMs);
    capBytes(request, policy.maxBytes);
    capHeaders(request, policy.maxHeaderBytes);
    holdHead(request, targetOf(options, secure));
  }

  class GuardedHttp extends HttpAgent {
    override createConnection(options: RequestOptions, created: Created): undefined {
      return create(options, false, created);
    }
    addRequest(request: ClientRequest, options: RequestOptions): void {
      add(this, request, options, false);
    }
  }
  class GuardedHttps extends HttpsAgent {
    override createConnection(options: RequestOptions, created: Created): undefined {
      return create(options, true, created);
    }
    addRequest(request: ClientRequest, options: RequestOptions): void {
      add(this, request, options, true);
    }
  }
  function add(agent: HttpAgent, request: ClientRequest, options: RequestOptions, secure: boolean): void {
    try {
      hold(request, options, secure);
    } catch (error) {
      const failing = request as unknown as { onSocket(socket: null, error: Error): void };
      failing.onSocket(null, uniform(error, report, { host: String(options.host) }));
      return;
    }
    addRequest.call(agent, request, options);
  }
  return { http: new GuardedHttp({ keepAlive: false }), https: new GuardedHttps({ keepAlive: false }) };
}

/** Whoever listens for `error` hears the uniform one. */
function hideErrors(request: ClientRequest, hide: (error: unknown) => Error): void {
  const emit = request.emit.bind(request);
  request.emit = (name: string | symbol, ...args: unknown[]): boolean =>
    name === 'error' ? emit(name, hide(args[0])) : emit(name, ...args);
}

/** From the request to the end of the answer; an upgraded socket is its owner's. */
function capTime(request: ClientRequest, timeoutMs: number): void {
  const timer = setTimeout(() => request.destroy(new Refusal({ reason: 'timeout' })), timeoutMs);
  const done = () => clearTimeout(timer);
  request.once('close', done);
  request.prependListener('upgrade', (_response: IncomingMessage, socket: Socket) => {
    done();
    // Node would destroy it, were it not for this listener.
    if (request.listenerCount('upgrade') === 1) socket.destroy();
  });
}

/** An option of the request, not of its agent: the parser asks for it when the socket is there, and takes 0 for its own default. */
function capHeaders(request: ClientRequest, most: number): void {
  const asking = request as ClientRequest & { maxHeaderSize?: number };
  asking.maxHeaderSize = Math.min(asking.maxHeaderSize || most, most);
}

function capBytes(request: ClientRequest, maxBytes: number): void {
  request.prependOnceListener('response', (response: IncomingMessage) => {
    let bytes = 0;
    const push = response.push.bind(response);
    response.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      bytes += Buffer.isBuffer(chunk) ? chunk.length : 0;
      if (bytes <= maxBytes) return push(chunk, encoding);
      request.destroy(new Refusal({ reason: 'too-many-bytes' }));
      return false;
    };
    if (request.listenerCount('response') === 0) response.resume();
  });
}
