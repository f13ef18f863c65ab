/** One line per request: also when the client goes away before the answer, and for upgrades, which the router never sees. */
import { createRequire } from 'node:module';
import type { FastifyPluginAsync, FastifyRequest, LogController } from 'fastify';
import type { Active } from '../shared/active.ts';
import { plugin } from '../shared/plugin.ts';
import { onSettled } from '../shared/settled.ts';
import { onUpgrade } from '../shared/upgrade.ts';
import { isRedacting, writeReady, type Logger } from './logger.ts';
import { createRedactor } from './redact/index.ts';

export interface AccessLogOptions {
  readonly log: Logger;
  /** Routes (patterns) whose answers below 500 are not logged: health and metrics by default. */
  readonly quiet?: readonly string[];
  /** The pattern of an upgrade's path; others are logged as `(upgrade)`. */
  readonly upgradeRoute?: (path: string) => string | undefined;
  /** Who asks, for the field `user`: an id, not a name. */
  readonly user?: (request: FastifyRequest) => string | undefined;
}

const QUIET = ['/livez', '/readyz', '/statusz', '/healthz', '/metrics'];
const MAX_AGENT = 256;
const REMEMBERED = 1024;

export interface FastifyLogging {
  readonly loggerInstance: Logger;
  readonly childLoggerFactory: <L>(logger: L) => L;
  readonly logController: LogController;
}

/**
 * Options for `fastify()`: this logger, no request lines of Fastify's own, and no child per request, since ids come from the context that a
 * line is written in.
 */
export function loggerOptions(log: Logger): FastifyLogging {
  // Loaded when it is asked for: a service without Fastify logs as well.
  const { LogController: Controller } = createRequire(import.meta.url)('fastify') as {
    LogController: new (options: object) => LogController;
  };
  return {
    loggerInstance: log,
    childLoggerFactory: (logger) => logger,
    logController: new Controller({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
  };
}

export const accessLog: FastifyPluginAsync<AccessLogOptions> = /* @__PURE__ */ plugin(
  'launchgate-access-log',
  async (app, options) => {
    const { log, user, upgradeRoute } = options;
    const quiet = new Set(options.quiet ?? QUIET);
    const json = quoted(isRedacting(log) ? createRedactor({ maxString: MAX_AGENT }).text : shortened);
    onSettled(app, {
      end({ request, route, method, status, seconds, aborted, context }) {
        if (status < 500 && quiet.has(route)) return;
        const who = user?.(request);
        const more = `${aborted ? ',"aborted":true' : ''}${who === undefined ? '' : `,"user":${json(who)}`}`;
        const fields = requestFields(json(route), method, status, seconds, json(request.headers['user-agent'] ?? ''));
        writeRequest(log, status >= 500 ? 'error' : 'info', `${fields}${more}`, context);
      },
    });
    onUpgrade(app.server, ({ request, status, seconds, context }) => {
      const route = upgradeRoute?.((request.url ?? '').split('?', 1)[0] ?? '') ?? '(upgrade)';
      const fields = requestFields(
        json(route),
        request.method ?? 'GET',
        status,
        seconds,
        json(request.headers['user-agent'] ?? ''),
      );
      writeRequest(log, status >= 500 ? 'error' : 'info', `${fields},"upgrade":true`, context);
    });
  },
);

/** Ids are of an alphabet that needs no quoting. */
function writeRequest(log: Logger, level: 'info' | 'error', fields: string, context: Active | undefined): void {
  if (context === undefined) return writeReady(log, level, fields, 'request');
  const { requestId, trace } = context;
  writeReady(
    log,
    level,
    fields,
    'request',
    `,"request_id":"${requestId}","trace_id":"${trace.traceId}","span_id":"${trace.spanId}"`,
  );
}

/** Methods are tokens that Node's parser knows, so they need no quoting. */
function requestFields(route: string, method: string, status: number, seconds: number, agent: string): string {
  const latency = Math.round(seconds * 1e6) / 1000;
  return `,"route":${route},"method":"${method}","status":${status},"latency_ms":${latency},"user_agent":${agent}`;
}

function shortened(text: string): string {
  return text.slice(0, MAX_AGENT);
}

/** Redacted text as JSON. Routes and agents come again and again, and are remembered. */
function quoted(text: (value: string) => string): (value: string) => string {
  const known = new Map<string, string>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const json = JSON.stringify(text(value));
    if (known.size >= REMEMBERED) known.clear();
    if (value.length <= MAX_AGENT) known.set(value, json);
    return json;
  };
}
