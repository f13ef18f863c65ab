/** The end of each request, once: answered, or left by its client. Parts that look at it share one listener per request. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { attached, type Active } from './active.ts';

export interface Settled {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** The pattern of the route, never the path. */
  readonly route: string;
  readonly method: string;
  /** 499 for a client that went away before the answer was written, as nginx has it. */
  readonly status: number;
  readonly aborted: boolean;
  readonly seconds: number;
  /** What the request was worked on in; listeners run outside of it, for entering costs more than all they do. */
  readonly context: Active | undefined;
}

/** Requests that the router knows no route for share one name: paths are the asker's choice and without end. */
export const UNMATCHED = '(unmatched)';
const CLIENT_CLOSED = 499;

interface Listener {
  /** When the request has come. */
  begin?(): void;
  /** When it has ended. */
  end(settled: Settled): void;
}
const listeners = new WeakMap<object, Listener[]>();

/** Listens to the beginning and end of each request of the application. */
export function onSettled(app: FastifyInstance, listener: Listener): void {
  const known = listeners.get(app.server);
  if (known !== undefined) {
    known.push(listener);
    return;
  }
  const all = [listener];
  listeners.set(app.server, all);
  app.addHook('onRequest', function watchEnd(request, reply, done) {
    const start = performance.now();
    for (const each of all) each.begin?.();
    reply.raw.on('close', () => settle(all, request, reply, start));
    done();
  });
}

function settle(all: readonly Listener[], request: FastifyRequest, reply: FastifyReply, start: number): void {
  const { writableFinished, writableEnded } = reply.raw;
  // HTTP/2 and injected answers never count as finished; they were ended, and their client did not go away.
  const aborted = !writableFinished && (!writableEnded || request.raw.aborted);
  const end: Settled = {
    request,
    reply,
    route: request.routeOptions.url ?? UNMATCHED,
    method: request.method,
    status: aborted ? CLIENT_CLOSED : reply.statusCode,
    aborted,
    seconds: (performance.now() - start) / 1000,
    context: attached(request.raw),
  };
  for (const listener of all) listener.end(end);
}
