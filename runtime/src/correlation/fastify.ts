/**
 * Each request works in a context of its own. Ids from outside are taken only from those who are trusted, checked, and told back in the
 * answer's `X-Request-Id`.
 */
import { IncomingMessage } from 'node:http';
import type { FastifyPluginAsync } from 'fastify';
import { active, attach, attached, correlates, type Active } from '../shared/active.ts';
import { plugin } from '../shared/plugin.ts';
import { parseTraceparent, parseTracestate } from '../shared/trace-context.ts';
import { beforeUpgrades } from '../shared/upgrade.ts';
import { parseBaggage } from './baggage.ts';
import { newCorrelation, type Correlation } from './context.ts';
import { trustOf, type Trust } from './trust.ts';

export interface CorrelationOptions {
  /** Whose ids are believed; nobody's by default. */
  readonly trust?: Trust;
  /** Names of baggage that are passed on; none by default. */
  readonly baggage?: readonly string[];
}

/** Register it before every other plugin that works in the context of a request. */
export const correlation: FastifyPluginAsync<CorrelationOptions> = /* @__PURE__ */ plugin(
  'launchgate-correlation',
  async (app, options) => {
    const trusted = trustOf(options.trust);
    const allowed = new Set(options.baggage);
    const begin = (request: IncomingMessage): Active => {
      const context = contextOf(request, trusted, allowed);
      attach(request, context);
      return context;
    };
    // Fastify asks for an id before the first hook.
    app.setGenReqId((request) => begin(request as IncomingMessage).requestId);
    app.addHook('onRequest', function correlate(request, reply, done) {
      const context = attached(request.raw) ?? begin(request.raw);
      // Where `requestIdHeader` is set, Fastify has believed the header of anybody.
      request.id = context.requestId;
      reply.header('x-request-id', context.requestId);
      // Node calls back for each request of a connection by itself, and what is entered ends with that call. To run and to leave again would
      // cost twice as much.
      if (!(request.raw instanceof IncomingMessage)) return active.run(context, done);
      active.enterWith(context);
      done();
    });
    correlates(app);
    // Upgrades pass no hook. Listeners of one event run one after the other, so what is entered here holds for those that follow.
    beforeUpgrades(app.server, (request) => {
      active.enterWith(begin(request));
    });
  },
);

/** What the plugin made for this request: for handlers of `upgrade`, and for work that lost its asynchronous context. */
export function correlationOf(request: IncomingMessage): Correlation | undefined {
  return attached(request);
}

function contextOf(
  request: IncomingMessage,
  trusted: (request: IncomingMessage) => boolean,
  allowed: ReadonlySet<string>,
): Active {
  const { headers } = request;
  if (headers['x-request-id'] === undefined && headers['traceparent'] === undefined && headers['baggage'] === undefined)
    return newCorrelation();
  if (!trusted(request)) return newCorrelation();
  const trace = parseTraceparent(headers['traceparent']);
  const state =
    trace === undefined || headers['tracestate'] === undefined ? undefined : parseTracestate(headers['tracestate']);
  return newCorrelation({
    requestId: headers['x-request-id'],
    trace: trace === undefined || state === undefined ? trace : { ...trace, state },
    baggage: allowed.size === 0 ? undefined : parseBaggage(headers['baggage'], allowed),
  });
}
