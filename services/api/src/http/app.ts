/**
 * The HTTP application without its surroundings: limits, who may ask, routes, errors. What comes of the kit (correlation, logs, metrics,
 * drain, shedding) is registered by `extend` before the first route.
 */
import fastify, {
  type FastifyInstance,
  type FastifyServerOptions,
  type preHandlerAsyncHookHandler,
  type preHandlerHookHandler,
} from 'fastify';
import type { TlsOptions } from 'node:tls';
import { asksForWebSocket, namesOneHost, serverOptions } from '@launchgate/runtime/lifecycle';
import { beforeRoutes } from '@launchgate/runtime/logging';
import { bearerToken, type Principal, type Verify } from '../identity/token.ts';
import { answerClientError } from './client-errors.ts';
import { allowOrigins } from './cors.ts';
import { describe, openApiRoute } from './openapi.ts';
import { plainBodies } from './plain-bodies.ts';
import { answerProblems, convertProblems, Problem, problemHandler, type RequestIdOf } from './problem.ts';
import type { RateLimit } from './rate-limit.ts';
import { routes, type Guards, type Routes } from './route.ts';
import './types.ts';

export interface AppOptions {
  /** TLS of the listener; without it the application is only ever injected into. */
  readonly https?: TlsOptions;
  readonly logging?: Pick<FastifyServerOptions, 'loggerInstance' | 'logController'>;
  readonly maxBodyBytes: number;
  readonly maxHeaderBytes: number;
  readonly maxUriBytes: number;
  readonly requestTimeoutMs: number;
  readonly origins: readonly string[];
  readonly verify: Verify;
  readonly limit: RateLimit;
  /** The account must be in good standing. */
  readonly admit: (principal: Principal) => Promise<void>;
  /** The deny-list's hooks: the second one also wants the list to be fresh. */
  readonly notRevoked: preHandlerHookHandler;
  readonly notRevokedAdmin: preHandlerHookHandler;
  readonly requestId: RequestIdOf;
  readonly extend?: (app: FastifyInstance) => Promise<void>;
  readonly routes: (route: Routes, app: FastifyInstance, guards: Guards) => Promise<void> | void;
}

/** The application, ready to listen or to be injected into. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const problem = problemHandler(options.requestId);
  const app = fastify({
    ...options.logging,
    ...(options.https === undefined
      ? {}
      : {
          https: {
            ...serverOptions,
            ...options.https,
            maxHeaderSize: options.maxHeaderBytes,
            headersTimeout: 10_000,
            // Asked for below, and answered as every other refusal is.
            requireHostHeader: false,
            shouldUpgradeCallback: asksForWebSocket,
          },
        }),
    bodyLimit: options.maxBodyBytes,
    // Until the whole request is there; what a handler may take is a hook's to bound.
    requestTimeout: options.requestTimeoutMs,
    connectionTimeout: 0,
    keepAliveTimeout: 75_000,
    handlerTimeout: options.requestTimeoutMs,
    routerOptions: { maxParamLength: 256, ignoreTrailingSlash: false },
    // Addresses are the edge's to tell, and only its header is believed by the correlation part.
    trustProxy: false,
    return503OnClosing: false,
    // Of a path that is no path, before there is a route.
    frameworkErrors(error, request, reply) {
      beforeRoutes(request, reply);
      problem(error, request, reply);
    },
    clientErrorHandler: answerClientError,
  }) as unknown as FastifyInstance;
  app.decorateRequest('principal', undefined);
  answerProblems(app, options.requestId);
  convertProblems(app, options.requestId);
  await options.extend?.(app);
  allowOrigins(app, options.origins);
  plainBodies(app);
  app.addHook('onRequest', async ({ raw }) => {
    if ((raw.url?.length ?? 0) > options.maxUriBytes)
      throw new Problem(414, 'URI too long', `At most ${options.maxUriBytes} bytes.`);
    if (!namesOneHost(raw)) throw new Problem(400, 'Bad request', 'A request has one Host header.');
  });
  await describe(app);
  const guards = createGuards(options);
  await app.register(async (scope) => {
    await options.routes(routes(scope, guards), scope, guards);
    openApiRoute(scope);
  });
  await app.ready();
  return app;
}

function createGuards({ verify, limit, admit, notRevoked, notRevokedAdmin }: AppOptions): Guards {
  const identify: preHandlerAsyncHookHandler = async (request) => {
    request.principal = await verify(bearerToken(request.headers.authorization));
  };
  const rate: preHandlerAsyncHookHandler = async (request) => limit(request.principal?.sub ?? request.ip);
  const standing: preHandlerAsyncHookHandler = async (request) => {
    if (request.principal !== undefined) await admit(request.principal);
  };
  const isAdmin: preHandlerAsyncHookHandler = async (request) => {
    if (request.principal?.roles.includes('admin') !== true) throw new Problem(403, 'Forbidden', 'This is for admins.');
  };
  return { user: [identify, notRevoked, rate, standing], admin: [identify, isAdmin, notRevokedAdmin, standing] };
}
