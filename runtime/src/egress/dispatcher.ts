/** The undici side: every connection goes through `openSocket`, every request is held to the policy, its time and its bytes. */
import type { Duplex } from 'node:stream';
import { Agent, Dispatcher1Wrapper, type Dispatcher } from 'undici';
import { openSocket, type Connecting } from './connect.ts';
import { Refusal, uniform, type Report } from './errors.ts';
import type { EgressPolicy } from './policy.ts';
import { canonicalHost, hostOf, makeTarget, parseUrl } from './target.ts';

type Pairs = [name: string, value: unknown][];

export interface EgressDispatchers {
  /**
   * For clients that unpack what they get without a bound, as every `fetch` does: no packed answer is asked for, and one that comes
   * nevertheless is refused.
   */
  readonly plain: Dispatcher;
  /** For whoever bounds what it unpacks. */
  readonly packed: Dispatcher;
}

/** Dispatchers with pools of their own. Redirects that a client follows come back here, and are judged like any request. */
export function egressDispatchers(connecting: Connecting, report: Report): EgressDispatchers {
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
  /** What was judged is what goes out: the headers are read once. */
  function held(packed: boolean): Dispatcher {
    const dispatcher = agent.compose((dispatch) => (options, handler) => {
      if (isLegacy(handler)) return legacy.dispatch(options, handler);
      const host = hostOf(options.origin ?? '');
      let headers: Pairs;
      try {
        headers = headerPairs(options.headers);
        refuseRequest(policy, options, headers);
      } catch (error) {
        throw uniform(error, report, { host });
      }
      const sent = packed ? headers : withoutPacking(headers);
      const capped = new CappedHandler({ policy, report, host, packed }, handler);
      return dispatch({ ...options, headers: sent.flat() as string[] }, capped);
    });
    const legacy = new Dispatcher1Wrapper(dispatcher);
    return dispatcher;
  }
  return { plain: held(false), packed: held(true) };
}

/** The `fetch` that is part of Node speaks an older dialect than undici 8; unanswered, it would wait for ever. */
function isLegacy(handler: Dispatcher.DispatchHandler): boolean {
  return handler.onRequestStart === undefined && 'onConnect' in handler;
}

/** Throws `Refusal` for a target that is not allowed, for tunnels, absolute paths, and a `Host` that is not the target. */
function refuseRequest(policy: EgressPolicy, options: Dispatcher.DispatchOptions, headers: Pairs): void {
  const { url } = parseUrl(policy, options.origin ?? '');
  if (options.method === 'CONNECT') throw new Refusal({ reason: 'method' });
  if (!options.path.startsWith('/')) throw new Refusal({ reason: 'path' });
  const hosts = headers.filter(([name]) => name.toLowerCase() === 'host');
  if (hosts.some(([, value]) => value !== url.host)) throw new Refusal({ reason: 'host-header' });
}

/** As undici reads them: an array is flat, whatever its values are. Throws `Refusal` for one that is none of names and values. */
function headerPairs(headers: Dispatcher.DispatchOptions['headers']): Pairs {
  if (headers === null || headers === undefined) return [];
  if (Array.isArray(headers)) {
    const names = headers.filter((_, at) => at % 2 === 0);
    if (headers.length % 2 === 1 || names.some((name) => typeof name !== 'string'))
      throw new Refusal({ reason: 'headers' });
    return names.map((name, at) => [name, headers[2 * at + 1]]);
  }
  if (Symbol.iterator in headers)
    return Array.from(headers as Iterable<[string, unknown]>, ([name, value]) => [name, value]);
  return Object.entries(headers);
}

function withoutPacking(headers: Pairs): Pairs {
  return [...headers.filter(([name]) => name.toLowerCase() !== 'accept-encoding'), ['accept-encoding', 'identity']];
}

/** Who asked wants no more of the answer: nothing was refused. */
function isAbandoned(error: Error): boolean {
  return 'code' in error && error.code === 'UND_ERR_ABORTED';
}

function isPacked(coding: string | string[] | undefined): boolean {
  return !/^(?:identity)?$/i.test(String(coding ?? '').trim());
}

interface Caps {
  readonly policy: EgressPolicy;
  readonly report: Report;
  /** For the log. */
  readonly host: string;
  /** Whether the answer may be packed. */
  readonly packed: boolean;
}

/** Counts bytes, refuses those that would become more, ends what takes too long however it drips, and makes one error of all errors. */
class CappedHandler implements Dispatcher.DispatchHandler {
  readonly #caps: Caps;
  readonly #inner: Dispatcher.DispatchHandler;
  readonly #due: number;
  #timer: NodeJS.Timeout | undefined;
  #bytes = 0;

  constructor(caps: Caps, inner: Dispatcher.DispatchHandler) {
    this.#caps = caps;
    this.#inner = inner;
    this.#due = performance.now() + caps.policy.timeoutMs;
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    clearTimeout(this.#timer);
    const left = Math.max(0, this.#due - performance.now());
    this.#timer = setTimeout(() => this.#refuse(controller, 'timeout'), left);
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
    if (!this.#caps.packed && isPacked(headers['content-encoding']))
      return this.#refuse(controller, 'content-encoding');
    this.#inner.onResponseStart?.(controller, status, headers, message);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#caps.policy.maxBytes) return this.#refuse(controller, 'too-many-bytes');
    this.#inner.onResponseData?.(controller, chunk);
  }

  onResponseEnd(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseEnd']>>): void {
    clearTimeout(this.#timer);
    this.#inner.onResponseEnd?.(...args);
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.#timer);
    const { report, host } = this.#caps;
    this.#inner.onResponseError?.(controller, isAbandoned(error) ? error : uniform(error, report, { host }));
  }

  #refuse(controller: Dispatcher.DispatchController, reason: string): void {
    controller.abort(new Refusal({ reason, host: this.#caps.host }));
  }
}
