/** OpenTelemetry's context, kept in the context that correlation and logs share: the ids in a log line are those of the current span. */
import {
  createTraceState,
  isSpanContextValid,
  ROOT_CONTEXT,
  trace,
  type Context,
  type ContextManager,
  type SpanContext,
} from '@opentelemetry/api';
import { active, type Active } from '../shared/active.ts';
import { randomHex, type TraceContext } from '../shared/trace-context.ts';

export const contextManager: ContextManager = {
  active: () => contextOf(active.getStore()),
  with: (context, work, self, ...args) =>
    active.run(entered(context), () => Reflect.apply(work, self, args) as ReturnType<typeof work>),
  bind: (context, target) =>
    typeof target === 'function'
      ? (new Proxy(target, {
          apply: (bound, self, args: unknown[]) =>
            active.run(entered(context), () => Reflect.apply(bound as () => unknown, self, args)),
        }) as typeof target)
      : target,
  enable: () => contextManager,
  disable: () => contextManager,
};

/** The context of spans that begin here: below the current span, else below the caller's. */
export function contextOf(store: Active | undefined): Context {
  if (store === undefined) return ROOT_CONTEXT;
  store.otel ??= store.parent === undefined ? ROOT_CONTEXT : remoteContext(store.parent);
  return store.otel as Context;
}

export function remoteContext(parent: TraceContext): Context {
  return trace.setSpanContext(ROOT_CONTEXT, spanContextOf(parent));
}

export function spanContextOf({ traceId, spanId, flags, state }: TraceContext): SpanContext {
  return {
    traceId,
    spanId,
    traceFlags: flags & 1,
    isRemote: true,
    ...(state === undefined ? {} : { traceState: createTraceState(state) }),
  };
}

export function traceOf({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceContext {
  const state = traceState?.serialize();
  return { traceId, spanId, flags: traceFlags, ...(state === undefined || state === '' ? {} : { state }) };
}

function entered(context: Context): Active {
  const store = active.getStore();
  const span = trace.getSpan(context)?.spanContext();
  const current = span !== undefined && isSpanContextValid(span) ? traceOf(span) : undefined;
  if (store === undefined) {
    const own = current ?? { traceId: randomHex(16), spanId: randomHex(8), flags: 0 };
    return { requestId: randomHex(16), trace: own, otel: context };
  }
  return { ...store, trace: current ?? store.trace, otel: context };
}

/**
 * New ids. A first span takes the trace id that its context has already: it stands in log lines and went out in headers before the span
 * began.
 */
export const idGenerator = {
  generateTraceId(): string {
    const store = active.getStore();
    const adopt = store !== undefined && trace.getSpan(contextOf(store)) === undefined;
    return adopt ? store.trace.traceId : randomHex(16);
  },
  generateSpanId: (): string => randomHex(8),
};
