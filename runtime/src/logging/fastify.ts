/** One line per request: also when the client goes away before the answer, and for upgrades and what is no request, which the router never sees. */
import { createRequire } from 'node:module';
import type { Bindings, ChildLoggerOptions } from 'pino';
import type { FastifyError, FastifyPluginAsync, FastifyReply, FastifyRequest, LogController } from 'fastify';
import type { Active } from '../shared/active.ts';
import { plugin } from '../shared/plugin.ts';
import { beforeRoutes, onSettled } from '../shared/settled.ts';
import { randomHex } from '../shared/trace-context.ts';
import { onNoRequest, onUpgrade, refuseTunnels } from '../shared/upgrade.ts';
import { isRedacting, writeReady, type Logger } from './logger.ts';
import { createRedactor } from './redact/index.ts';

export interface AccessLogOptions {
  readonly log: Logger;
  /** Routes (patterns) whose answers below 500 are not logged: health and metrics by default. */
  readonly quiet?: readonly string[];
  /** The pattern of an upgrade's path; others are logged as `(upgrade)`, and tunnels as `(connect)`. */
  readonly upgradeRoute?: (path: string) => string | undefined;
  /** Who asks, for the field `user`: an id, not a name. */
  readonly user?: (request: FastifyRequest) => string | undefined;
}

const QUIET = ['/livez', '/readyz', '/statusz', '/healthz', '/metrics'];
const MAX_AGENT = 256;
const REMEMBERED = 1024;

export interface FastifyLogging {
  readonly loggerInstance: Logger;
  readonly logController: LogController;
  /** Answers what fails ahead of the router as Fastify would. One of your own, behind these options, calls `beforeRoutes` first. */
  readonly frameworkErrors: (error: FastifyError, request: object, reply: object) => void;
}

/** Under this name Fastify binds the id of a request to a logger of its own; nobody else binds it. */
const OF_REQUEST = 'launchgate:request';

/**
 * Options for `fastify()`: this logger, no request lines of Fastify's own but those that say why an answer failed, and no child per request,
 * since ids come from the context that a line is written in.
 */
export function loggerOptions(log: Logger): FastifyLogging {
  // Loaded when it is asked for: a service without Fastify logs as well.
  const { LogController: Controller } = createRequire(import.meta.url)('fastify') as {
    LogController: new (options: object) => LogController;
  };
  const quiet = new Controller({ disableRequestLogging: true, requestIdLogLabel: OF_REQUEST });
  return { loggerInstance: childless(log), logController: Object.assign(quiet, FAILURES), frameworkErrors };
}

/** A path that cannot be decoded, for one, passes no hook, and has its line all the same. */
function frameworkErrors(error: FastifyError, request: object, reply: object): void {
  beforeRoutes(request as FastifyRequest, reply as FastifyReply);
  void (reply as FastifyReply).send(error);
}

/** What the line of a request does not tell, and `disableRequestLogging` would keep quiet about. Of Fastify's objects only the error is passed on. */
const FAILURES: Pick<LogController, 'defaultErrorLog' | 'streamError' | 'writeHeadError' | 'serializerError'> = {
  defaultErrorLog(error, _request, { log, statusCode }) {
    if (statusCode >= 500) log.error({ err: error }, 'request failed');
  },
  streamError(error, _request, { log }) {
    if (!('code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'))
      log.warn({ err: error }, 'an answer broke off');
  },
  writeHeadError(error, _request, { log }) {
    log.error({ err: error }, 'the head of an answer could not be written');
  },
  serializerError(error, _request, { log }) {
    log.error({ err: error }, 'an answer could not be serialized');
  },
};

/** The logger, standing for its own child where Fastify asks for one per request (which a factory of ours would have it check each time). */
function childless(log: Logger): Logger {
  const own = Object.create(log) as Logger;
  const child = log.child as unknown as (this: Logger, bindings: Bindings, options?: ChildLoggerOptions) => Logger;
  own.child = function childOrSelf(this: Logger, bindings: Bindings, options?: ChildLoggerOptions) {
    if (!(OF_REQUEST in bindings)) return child.call(this, bindings, options);
    const differs = options?.level !== undefined || options?.serializers !== undefined;
    return differs ? child.call(this, {}, options) : this;
  } as unknown as Logger['child'];
  return own;
}

export const accessLog: FastifyPluginAsync<AccessLogOptions> = /* @__PURE__ */ plugin(
  'launchgate-access-log',
  async (app, options) => {
    const { log, user, upgradeRoute } = options;
    const quiet = new Set(options.quiet ?? QUIET);
    const head = requestHeads(isRedacting(log) ? createRedactor({ maxString: MAX_AGENT }).text : shortened);
    onSettled(app, {
      end({ request, route, method, status, seconds, aborted, context }) {
        if (status < 500 && quiet.has(route)) return;
        const who = user?.(request);
        const more = `${aborted ? ',"aborted":true' : ''}${who === undefined ? '' : `,"user":${head.json(who)}`}`;
        const known = head.of(request.raw.headers['user-agent'] ?? '', route, method, status);
        const fields = `${known}${milliseconds(seconds)}${more}`;
        writeRequest(log, status >= 500 ? 'error' : 'info', fields, context);
      },
    });
    onUpgrade(app.server, ({ request, status, seconds, context }) => {
      const route = request.method === 'CONNECT' ? '(connect)' : upgradeRouteOf(request.url, upgradeRoute);
      const known = head.of(request.headers['user-agent'] ?? '', route, request.method ?? 'GET', status);
      const fields = `${known}${milliseconds(seconds)},"upgrade":true`;
      writeRequest(log, status >= 500 ? 'error' : 'info', fields, context);
    });
    refuseTunnels(app.server);
    onNoRequest(app.server, (status) => {
      const trace = { traceId: randomHex(16), spanId: randomHex(8), flags: 0, state: undefined };
      const fields = `${head.of('', '(malformed)', 'OTHER', status)}0`;
      writeRequest(log, 'info', fields, { requestId: trace.traceId, trace });
    });
  },
);

function upgradeRouteOf(url = '', named: AccessLogOptions['upgradeRoute']): string {
  return named?.(url.split('?', 1)[0] ?? '') ?? '(upgrade)';
}

/** Ids are of an alphabet that needs no quoting. */
function writeRequest(log: Logger, level: 'info' | 'error', fields: string, context: Active | undefined): void {
  if (context === undefined) return writeReady(log, level, fields);
  const { requestId, trace } = context;
  writeReady(
    log,
    level,
    fields,
    `,"request_id":"${requestId}","trace_id":"${trace.traceId}","span_id":"${trace.spanId}"`,
  );
}

interface Heads {
  /** Redacted text as JSON. */
  json(text: string): string;
  /** What the line of a request begins with, up to its duration. */
  of(agent: string, route: string, method: string, status: number): string;
}

/**
 * What lines of one agent, route, method and status have in common, made once: a line costs as many copies as it is put together from.
 * Methods are tokens that Node's parser knows, so they need no quoting.
 */
function requestHeads(redact: (text: string) => string): Heads {
  const known = new Map<string, Map<string, Map<string, string[]>>>();
  let count = 0;
  const json = (text: string): string => JSON.stringify(redact(text));
  // Joined into one piece: a sum of strings would be read piece by piece with every line.
  const make = (agent: string, route: string, method: string, status: number): string =>
    [
      `,"msg":"request","route":${json(route)},"method":"${method}"`,
      `,"status":${status},"user_agent":${json(agent)},"latency_ms":`,
    ].join('');
  const remember = (agent: string, route: string, method: string): string[] => {
    if (count >= REMEMBERED) {
      known.clear();
      count = 0;
    }
    count += 1;
    const routes = known.get(agent) ?? new Map<string, Map<string, string[]>>();
    const methods = routes.get(route) ?? new Map<string, string[]>();
    const heads = methods.get(method) ?? [];
    known.set(agent, routes);
    routes.set(route, methods);
    methods.set(method, heads);
    return heads;
  };
  return {
    json,
    of(agent, route, method, status) {
      const before = known.get(agent)?.get(route)?.get(method)?.[status];
      if (before !== undefined) return before;
      const made = make(agent, route, method, status);
      if (agent.length <= MAX_AGENT) remember(agent, route, method)[status] = made;
      return made;
    },
  };
}

/** Of a thousand: the digits behind the point. */
const FRACTIONS: readonly string[] = /* @__PURE__ */ Array.from({ length: 1000 }, (_, each) =>
  String(each / 1000).slice(1),
);

/** With three digits, in two halves that need no arithmetic of decimal fractions. */
function milliseconds(seconds: number): string {
  const microseconds = Math.round(seconds * 1e6);
  const whole = Math.floor(microseconds / 1000);
  return `${whole}${FRACTIONS[microseconds - whole * 1000]}`;
}

function shortened(text: string): string {
  return text.slice(0, MAX_AGENT);
}
