/** Each request from its beginning to its end, once: answered, or left by its client. Parts that look at it share one listener per request. */
import { performance } from 'node:perf_hooks';
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { attached, type Active } from './active.ts';
import { bringExpectations, unmetExpectation } from './expectations.ts';

/** Requests that the router knows no route for share one name: paths are the asker's choice and without end. */
export const UNMATCHED = '(unmatched)';
const CLIENT_CLOSED = 499;

/** One request and its answer. What is known at the end alone is written then, so that a request costs one object. */
export class Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly method: string;
  /** What its route says of itself. */
  readonly config: FastifyContextConfig;
  /** The pattern of the route, never the path. */
  route: string;
  /** Of `performance.now()`, in ms. */
  readonly start: number = performance.now();
  end = 0;
  seconds = 0;
  /** 499 for a client that went away before the answer was written, as nginx has it. */
  status = 0;
  aborted = false;
  /** The request came with its stream ended (`optimizeEmptyRequests`): it tells nothing of its own end. */
  readonly isMute: boolean;
  /** What the request was worked on in; listeners run outside of it, for entering costs more than all they do. */
  context: Active | undefined = undefined;

  constructor(request: FastifyRequest, reply: FastifyReply) {
    // Fastify makes the options anew each time they are asked for.
    const { config, url } = request.routeOptions;
    this.request = request;
    this.reply = reply;
    this.method = request.method;
    this.config = config;
    this.route = url ?? UNMATCHED;
    this.isMute = request.raw.destroyed;
  }

  settle(): void {
    const { request, reply } = this;
    const { raw } = reply;
    this.end = performance.now();
    this.seconds = (this.end - this.start) / 1000;
    // Injected answers never count as finished, and those of HTTP/2 do whenever their stream has closed: of both only the end says something.
    const isFinished = request.raw.httpVersionMajor === 1 && raw.writableFinished;
    this.aborted = !isFinished && (!raw.writableEnded || request.raw.aborted || this.isMute);
    this.status = this.aborted ? CLIENT_CLOSED : raw.statusCode;
    // A handler may have found that there is nothing (`callNotFound`).
    if (request.is404) this.route = UNMATCHED;
    this.context = attached(request.raw);
  }
}

export interface Listener {
  /** When the request has come. */
  begin?(exchange: Exchange): void;
  /** When it has ended. */
  end(exchange: Exchange): void;
}

const OF_REQUEST = Symbol('launchgate.exchange');
const LISTENERS = Symbol('launchgate.listeners');

/** For hooks that were added after a call of `onSettled`. */
export function exchangeOf(request: FastifyRequest): Exchange {
  return (request as unknown as { readonly [OF_REQUEST]: Exchange })[OF_REQUEST];
}

/** Listens to the beginning and end of each request of the application, from where it is registered on. */
export function onSettled(app: FastifyInstance, listener: Listener): void {
  // Scopes inherit from the one they are in, as the hook below holds for them.
  const scope = app as { [LISTENERS]?: Listener[] };
  if (scope[LISTENERS] !== undefined) {
    scope[LISTENERS].push(listener);
    return;
  }
  const all = [listener];
  scope[LISTENERS] = all;
  bringExpectations(app.server);
  app.addHook('onRequest', function watch(request, reply, done) {
    observe(request, reply, all);
    done(unmetExpectation(request.raw));
  });
}

/**
 * For Fastify's `frameworkErrors`, before it answers: what fails ahead of the router, a path that cannot be decoded for one, passes no hook, and
 * is logged and counted like any other request all the same.
 */
export function beforeRoutes(request: FastifyRequest, reply: FastifyReply): void {
  const { [LISTENERS]: all } = request.server as { [LISTENERS]?: Listener[] };
  if (all !== undefined) observe(request, reply, all);
}

function observe(request: FastifyRequest, reply: FastifyReply, all: readonly Listener[]): void {
  const exchange = new Exchange(request, reply);
  (request as unknown as { [OF_REQUEST]: Exchange })[OF_REQUEST] = exchange;
  for (const each of all) each.begin?.(exchange);
  reply.raw.on('close', () => {
    exchange.settle();
    for (const each of all) each.end(exchange);
    if (exchange.isMute) tellClosed(exchange);
  });
}

/** What Node tells of other requests: Fastify's `request.signal`, for one, listens for it. */
function tellClosed({ request: { raw }, aborted }: Exchange): void {
  if (aborted) {
    raw.aborted = true;
    raw.emit('aborted');
  }
  raw.emit('close');
}
