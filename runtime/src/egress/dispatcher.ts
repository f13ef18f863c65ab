/** The undici side: every connection goes through `openSocket`, every request is held to the policy, its time and its bytes. */
import type { Duplex } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';
import { openSocket, type Connecting } from './connect.ts';
import { Refusal, uniform, type Report } from './errors.ts';
import type { EgressPolicy } from './policy.ts';
import { canonicalHost, makeTarget, parseUrl } from './target.ts';

/** A dispatcher with pools of its own. Redirects that a client follows come back here, and are judged like any request. */
export function egressDispatcher(connecting: Connecting, report: Report): Dispatcher {
  const { policy } = connecting;
  const agent = new Agent({
    allowH2: false,
    pipelining: 1,
    maxHeaderSize: policy.maxHeaderBytes,
    headersTimeout: policy.timeoutMs,
    bodyTimeout: policy.timeoutMs,
    connect(options, connected) {
      const port = Number(options.port || (options.protocol === 'https:' ? 443 : 80));
      connectTo(options.hostname, port, options.protocol === 'https:').then(
        (socket) => connected(null, socket),
        (error: unknown) => connected(uniform(error, report, { host: options.hostname, port }), null),
      );
    },
  });
  async function connectTo(hostname: string, port: number, secure: boolean) {
    return await openSocket(connecting, makeTarget(policy, canonicalHost(hostname), port, secure));
  }
  return agent.compose((dispatch) => (options, handler) => {
    try {
      refuseRequest(policy, options);
    } catch (error) {
      throw uniform(error, report, { host: String(options.origin) });
    }
    return dispatch(options, new CappedHandler(policy, report, String(options.origin), handler));
  });
}

/** Throws `Refusal` for a target that is not allowed, for tunnels, absolute paths, and a `Host` that is not the target. */
function refuseRequest(policy: EgressPolicy, options: Dispatcher.DispatchOptions): void {
  const { url } = parseUrl(policy, options.origin ?? '');
  if (options.method === 'CONNECT') throw new Refusal({ reason: 'method' });
  if (!options.path.startsWith('/')) throw new Refusal({ reason: 'path' });
  const hosts = headerPairs(options.headers).filter(([name]) => name.toLowerCase() === 'host');
  if (hosts.some(([, value]) => value !== url.host)) throw new Refusal({ reason: 'host-header' });
}

function headerPairs(headers: Dispatcher.DispatchOptions['headers']): [string, unknown][] {
  if (headers === null || headers === undefined) return [];
  if (Array.isArray(headers) && headers.every((entry) => !Array.isArray(entry)))
    return headers.flatMap((name, at) => (at % 2 === 0 ? [[String(name), headers[at + 1]] as [string, unknown]] : []));
  if (Symbol.iterator in headers) return [...(headers as Iterable<[string, unknown]>)];
  return Object.entries(headers);
}

/** Counts bytes, ends what takes too long however it drips, and makes one error of all errors. */
class CappedHandler implements Dispatcher.DispatchHandler {
  readonly #policy: EgressPolicy;
  readonly #report: Report;
  readonly #host: string;
  readonly #inner: Dispatcher.DispatchHandler;
  readonly #due: number;
  #timer: NodeJS.Timeout | undefined;
  #bytes = 0;

  constructor(policy: EgressPolicy, report: Report, host: string, inner: Dispatcher.DispatchHandler) {
    this.#policy = policy;
    this.#report = report;
    this.#host = host;
    this.#inner = inner;
    this.#due = performance.now() + policy.timeoutMs;
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    clearTimeout(this.#timer);
    const left = Math.max(0, this.#due - performance.now());
    this.#timer = setTimeout(() => controller.abort(new Refusal({ reason: 'timeout', host: this.#host })), left);
    this.#inner.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Parameters<NonNullable<Dispatcher.DispatchHandler['onRequestUpgrade']>>[2],
    socket: Duplex,
  ): void {
    clearTimeout(this.#timer);
    this.#inner.onRequestUpgrade?.(controller, status, headers, socket);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2],
    message?: string,
  ): void {
    this.#inner.onResponseStart?.(controller, status, headers, message);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#policy.maxBytes)
      return controller.abort(new Refusal({ reason: 'too-many-bytes', host: this.#host }));
    this.#inner.onResponseData?.(controller, chunk);
  }

  onResponseEnd(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseEnd']>>): void {
    clearTimeout(this.#timer);
    this.#inner.onResponseEnd?.(...args);
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.#timer);
    this.#inner.onResponseError?.(controller, uniform(error, this.#report, { host: this.#host }));
  }
}
