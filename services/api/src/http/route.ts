/**
 * A route said once: zod schemas check what comes in and type the handler; the JSON Schemas made of them are the OpenAPI document and cut
 * what goes out to what is declared.
 */
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  HTTPMethods,
  preHandlerAsyncHookHandler,
  preHandlerHookHandler,
} from 'fastify';
import { z } from 'zod';
import type { Principal } from '../identity/token.ts';
import { Problem, type ProblemOptions, problemSchema } from './problem.ts';
import { unkeepable } from './text.ts';

type Part = z.ZodType | undefined;
type Out<T extends Part> = T extends z.ZodType ? z.output<T> : undefined;

export interface Input<B extends Part, Q extends Part, P extends Part> {
  readonly body: Out<B>;
  readonly query: Out<Q>;
  readonly params: Out<P>;
  readonly principal: Principal;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export interface RouteSpec<B extends Part, Q extends Part, P extends Part, R extends z.ZodType> {
  readonly method: HTTPMethods;
  readonly url: string;
  readonly id: string;
  readonly summary: string;
  readonly tag: string;
  readonly body?: B;
  readonly query?: Q;
  readonly params?: P;
  readonly status: number;
  readonly answer: R;
  /** Answers beside the usual ones: see `usual`. */
  readonly errors?: readonly number[];
  readonly admin?: boolean;
  /** Stores without which there is no answer: while one is known to be down, it is refused at once. PostgreSQL unless said otherwise. */
  readonly needs?: readonly string[];
  readonly priority?: 'high' | 'normal' | 'low';
  handle(input: Input<B, Q, P>): Promise<z.input<R>>;
}

/** Hooks that stand before each handler; `admin` routes get stricter ones. */
export interface Guards {
  readonly user: readonly (preHandlerAsyncHookHandler | preHandlerHookHandler)[];
  readonly admin: readonly (preHandlerAsyncHookHandler | preHandlerHookHandler)[];
}

export type Routes = <
  B extends Part = undefined,
  Q extends Part = undefined,
  P extends Part = undefined,
  R extends z.ZodType = z.ZodType,
>(
  spec: RouteSpec<B, Q, P, R>,
) => void;

export function routes(app: FastifyInstance, guards: Guards): Routes {
  return (spec) => {
    const parts: Record<string, Part> = { body: spec.body, querystring: spec.query, params: spec.params };
    app.route({
      method: spec.method,
      url: spec.url,
      config: {
        shedding:
          spec.admin === true
            ? { priority: 'never' }
            : { priority: spec.priority ?? 'normal', needs: spec.needs ?? ['postgres'] },
      },
      schema: {
        operationId: spec.id,
        summary: spec.summary,
        tags: [spec.tag],
        security: [{ bearer: [] }],
        ...Object.fromEntries(
          Object.entries(parts).flatMap(([name, part]) =>
            part === undefined ? [] : [[name, jsonSchema(part, 'input')]],
          ),
        ),
        response: answers(
          spec.status,
          spec.status === 204
            ? { type: 'null', description: 'Done.' }
            : { description: 'Done.', ...jsonSchema(spec.answer, 'output') },
          [...usual(spec.method), 401, 403, 429, 503, ...(spec.errors ?? [])],
        ),
      },
      validatorCompiler: ({ httpPart }) => validator(parts[httpPart ?? '']),
      onRequest: [...(spec.admin === true ? guards.admin : guards.user)],
      handler: async (request, reply) => {
        if (request.principal === undefined) throw new Problem(401, 'Unauthorized', 'A bearer token is needed.');
        const result = await spec.handle({
          body: request.body as never,
          query: request.query as never,
          params: request.params as never,
          principal: request.principal,
          request,
          reply,
        });
        return reply.status(spec.status).send(spec.status === 204 ? undefined : result);
      },
    });
  };
}

const PROBLEM_ANSWER = {
  description: 'A problem document (RFC 9457).',
  content: { 'application/problem+json': { schema: jsonSchema(problemSchema, 'output') } },
};

/** Problems of any request: with its path or query, and with a body, which may come whether or not the route reads one. */
export function usual(method: HTTPMethods): number[] {
  return method === 'GET' ? [400, 414] : [400, 413, 414, 415];
}

/** The part of a route's schema that says what it answers. */
export function answers(status: number, done: object, problems: readonly number[]): Record<string, object> {
  const sorted = [...new Set(problems)].sort((a, b) => a - b);
  return Object.fromEntries([[status, done], ...sorted.map((problem) => [problem, PROBLEM_ANSWER])]);
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', io, unrepresentable: 'any' });
  return rest;
}

function validator(part: Part): (data: unknown) => { value: unknown } | { error: Error } {
  return (data) => {
    if (part === undefined) return { value: data };
    const parsed = part.safeParse(data);
    if (!parsed.success)
      return misfit(parsed.error.issues.slice(0, 20).map(({ path, message }) => ({ path: path.join('.'), message })));
    const path = unkeepable(parsed.data);
    if (path === undefined) return { value: parsed.data };
    return misfit([{ path: path.join('.'), message: 'Text with a NUL or half of a surrogate pair cannot be kept' }]);
  };
}

function misfit(errors: NonNullable<ProblemOptions['errors']>): { error: Error } {
  return { error: new Problem(400, 'Bad request', 'The request does not fit its schema.', { errors }) };
}
