/** One line per request: also when the client goes away before the answer, and for upgrades, which the router never sees. */
import { createRequire } from 'node:module';
import type { FastifyPluginAsync, FastifyRequest, LogController } from 'fastify';
import { plugin } from '../shared/plugin.ts';
import { onSettled, type Settled } from '../shared/settled.ts';
import { onUpgrade, type Upgraded } from '../shared/upgrade.ts';
import { writeSafe, type Logger } from './logger.ts';
import { createRedactor } from './redact/index.ts';
import type { Fields } from './record.ts';

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

export interface FastifyLogging {
  readonly loggerInstance: Logger;
  readonly childLoggerFactory: (logger: Logger) => Logger;
  readonly logController: LogController;
}

/**
 * Options for `fastify()`: this logger, no request lines of Fastify's own, and no child per request, since ids come from the context that a
 * line is written in.
 */
export function loggerOptions(log: Logger): FastifyLogging {
  // Loaded when it is asked for: a service without Fastify logs as well.
  const { LogController: Controller } = createRequire(import.meta.url)('fastify') as { LogController: new (options: object) => LogController };
  return {
    loggerInstance: log,
    childLoggerFactory: (logger) => logger,
    logController: new Controller({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
  };
}

export const accessLog: FastifyPluginAsync<AccessLogOptions> = /* @__PURE__ */ plugin('launchgate-access-log', async (app, options) => {
  const quiet = new Set(options.quiet ?? QUIET);
  const { text } = createRedactor({ maxString: MAX_AGENT });
  onSettled(app, (end) => {
    if (end.status >= 500 || !quiet.has(end.route)) logRequest(options, text, end);
  });
  onUpgrade(app.server, (upgraded) => logUpgrade(options, text, upgraded));
});

function logRequest({ log, user }: AccessLogOptions, text: (value: string) => string, end: Settled): void {
  const agent = end.request.headers['user-agent'];
  const fields: Fields = {
    route: end.route,
    method: end.method,
    status: end.status,
    latency_ms: Math.round(end.seconds * 1e6) / 1000,
    user_agent: agent === undefined ? '' : text(agent),
  };
  if (end.aborted) fields['aborted'] = true;
  const who = user?.(end.request);
  if (who !== undefined) fields['user'] = text(who);
  writeSafe(log, end.status >= 500 ? 'error' : 'info', fields, 'request');
}

function logUpgrade({ log, upgradeRoute }: AccessLogOptions, text: (value: string) => string, { request, status, seconds }: Upgraded): void {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const fields: Fields = {
    route: upgradeRoute?.(path) ?? '(upgrade)',
    method: request.method ?? 'GET',
    status,
    latency_ms: Math.round(seconds * 1e6) / 1000,
    user_agent: text(request.headers['user-agent'] ?? ''),
    upgrade: true,
  };
  writeSafe(log, status >= 500 ? 'error' : 'info', fields, 'request');
}
