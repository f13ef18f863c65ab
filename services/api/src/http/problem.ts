/** Every answer that is an error is a problem document (RFC 9457), and says no more than the client may know. */
import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CacheUnavailable } from '@launchgate/runtime/cache';
import { methodsOfPaths } from './methods.ts';

export interface ProblemOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly cause?: unknown;
}

/** Thrown by a handler; `detail` goes to the client, `cause` only into the log. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly options: ProblemOptions;

  constructor(status: number, title: string, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.name = 'Problem';
    this.status = status;
    this.title = title;
    this.options = options;
  }
}

export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  requestId: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

export function notFound(what: string): Problem {
  return new Problem(404, 'Not found', `There is no such ${what}.`);
}

/** Something that is needed did not answer in time; the client may come again. */
export function unavailable(detail: string, cause?: unknown): Problem {
  return new Problem(503, 'Service unavailable', detail, { headers: { 'retry-after': '2' }, cause });
}

/** What to put into a document as the id of its request. */
export type RequestIdOf = (request: FastifyRequest) => string | undefined;

/** Answers an error, whether it came of a route or before there was one. */
export function problemHandler(requestId: RequestIdOf) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = asProblem(error);
    if (problem.status >= 500) request.log.error({ err: error }, 'request failed');
    const id = requestId(request);
    // What comes before there is a route passes none of the hooks that would say it.
    if (id !== undefined) void reply.header('x-request-id', id);
    return send(reply, problem, id);
  };
}

/** Errors of the framework, of PostgreSQL and of us, all in one form. */
export function answerProblems(app: FastifyInstance, requestId: RequestIdOf): void {
  app.setErrorHandler(problemHandler(requestId));
  const methodsOf = methodsOfPaths(app);
  app.setNotFoundHandler((request, reply) => send(reply, unrouted(methodsOf(request.url)), requestId(request)));
}

function unrouted(methods: readonly string[]): Problem {
  if (methods.length === 0) return new Problem(404, 'Not found', 'There is no such resource.');
  const allow = methods.join(', ');
  return new Problem(405, 'Method not allowed', `This takes ${allow}.`, { headers: { allow } });
}

/** Refusals of plugins that have a form of their own, shedding and the deny-list for two, become problem documents as well. */
export function convertProblems(app: FastifyInstance, requestId: RequestIdOf): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const type = String(reply.getHeader('content-type') ?? '');
    if (reply.statusCode < 400 || !type.startsWith('application/json') || typeof payload !== 'string') return payload;
    const message = messageOf(payload);
    reply.type('application/problem+json').removeHeader('content-length');
    return problemBody(
      new Problem(reply.statusCode, STATUS_CODES[reply.statusCode] ?? 'Refused', message),
      requestId(request),
    );
  });
}

function messageOf(payload: string): string {
  try {
    const { message, error } = JSON.parse(payload) as { message?: unknown; error?: unknown };
    return String(message ?? error ?? 'The request was refused.');
  } catch {
    return 'The request was refused.';
  }
}

/** For what answers outside of Fastify's routes: a refused upgrade. */
export function problemBody(problem: Problem, requestId: string | undefined): string {
  const { status, title, message, options } = problem;
  return JSON.stringify({ type: 'about:blank', title, status, detail: message, requestId, errors: options.errors });
}

function send(reply: FastifyReply, problem: Problem, requestId: string | undefined): FastifyReply {
  return reply
    .status(problem.status)
    .headers(problem.options.headers ?? {})
    .type('application/problem+json')
    .serializer((body: string) => body)
    .send(problemBody(problem, requestId));
}

const FRAMEWORK: Record<number, string> = {
  400: 'Bad request',
  408: 'Request timeout',
  413: 'Content too large',
  414: 'URI too long',
  415: 'Unsupported media type',
  417: 'Expectation failed',
};

/**
 * SQLSTATE classes of a server that cannot serve us now: connection, login, resources, intervention, timeouts of locks and statements, a transaction that
 * it undid for another's sake, and one that takes no writes since it is not the primary any more.
 */
const UNAVAILABLE = /^(08|28|53|57|40|25006|25P0[23]|55P03|58)/;
/** What pg says of a connection that was lost under a query, or before it: these errors have no code. */
const LOST = /^(Connection terminated|Client has encountered a connection error|Client was closed)/;
const SOCKET = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)/;

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  // With nothing stale left the cache is no more than the way to its source.
  if (error instanceof CacheUnavailable) return asProblem(error.cause);
  const { code = '', statusCode, message = '' } = (error ?? {}) as Partial<FastifyError>;
  if (code.startsWith('FST_') && statusCode !== undefined && statusCode < 500)
    return new Problem(statusCode, FRAMEWORK[statusCode] ?? 'Bad request', message, { cause: error });
  // Errors of the kit's hooks carry their status, and headers such as Retry-After are set on the reply already.
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 600 && statusCode !== 500)
    return new Problem(statusCode, FRAMEWORK[statusCode] ?? 'Refused', message, { cause: error });
  if (UNAVAILABLE.test(code) || SOCKET.test(code) || LOST.test(message) || /timeout|timed out/i.test(message))
    return unavailable('A store did not answer in time.', error);
  return new Problem(500, 'Internal error', 'The request could not be completed; its id helps us to find out why.', {
    cause: error,
  });
}
