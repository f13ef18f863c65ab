/** Spans around work, messages sent and messages taken. */
import { SpanKind, SpanStatusCode, context, trace, type Attributes, type Span } from '@opentelemetry/api';
import { active } from '../shared/active.ts';
import type { TraceContext } from '../shared/trace-context.ts';
import { contextOf, remoteContext, spanContextOf } from './context.ts';

export interface SpanOptions {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** Another parent than the current span. */
  readonly parent?: TraceContext;
  /** What this work belongs to besides its parent. */
  readonly links?: readonly TraceContext[];
}

export type MessageSystem = 'nats' | 'redis' | 'outbox';

const NAME = '@launchgate/runtime';

/**
 * Works inside a span, which ends when the work returns or its promise settles. An error goes through and leaves its type and code on the
 * span, not its text: messages quote what they failed on.
 */
export function withSpan<T>(
  name: string,
  work: (span: Span) => T,
  { kind, attributes, parent, links }: SpanOptions = {},
): T {
  const above = parent === undefined ? contextOf(active.getStore()) : remoteContext(parent);
  const span = trace.getTracer(NAME).startSpan(
    name,
    {
      kind: kind ?? SpanKind.INTERNAL,
      ...(attributes === undefined ? {} : { attributes }),
      ...(links === undefined ? {} : { links: links.map((link) => ({ context: spanContextOf(link) })) }),
    },
    above,
  );
  return context.with(trace.setSpan(above, span), settle, undefined, span, work as (span: Span) => unknown) as T;
}

/** Sending to a subject, channel or table: what `inject` adds inside it names this span as the parent of whoever takes the message. */
export function producerSpan<T>(system: MessageSystem, destination: string, work: (span: Span) => T): T {
  return withSpan(`send ${destination}`, work, {
    kind: SpanKind.PRODUCER,
    attributes: messaging(system, destination, 'send'),
  });
}

/** Taking a message, below its sender's span; a batch of several is linked to each of theirs. */
export function consumerSpan<T>(
  system: MessageSystem,
  destination: string,
  from: TraceContext | readonly TraceContext[] | undefined,
  work: (span: Span) => T,
): T {
  const attributes = messaging(system, destination, 'process');
  const above = isOne(from) ? { parent: from } : from === undefined ? {} : { links: from };
  return withSpan(`process ${destination}`, work, { kind: SpanKind.CONSUMER, attributes, ...above });
}

/** Ends the span of a failure with what kind of failure it was. */
export function failed(span: Span, error: unknown): void {
  const { name, code } = (typeof error === 'object' && error !== null ? error : {}) as {
    name?: unknown;
    code?: unknown;
  };
  const type = typeof code === 'string' ? code : typeof name === 'string' ? name : 'Error';
  span.setAttribute('error.type', type.slice(0, 64));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function settle(span: Span, work: (span: Span) => unknown): unknown {
  try {
    const result = work(span);
    if (!isThenable(result)) {
      span.end();
      return result;
    }
    return result.then(
      (value) => {
        span.end();
        return value;
      },
      (error: unknown) => {
        failed(span, error);
        span.end();
        throw error;
      },
    );
  } catch (error) {
    failed(span, error);
    span.end();
    throw error;
  }
}

function isThenable(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function isOne(from: TraceContext | readonly TraceContext[] | undefined): from is TraceContext {
  return from !== undefined && 'traceId' in from;
}

/** Names of the semantic conventions for messaging. */
function messaging(system: MessageSystem, destination: string, operation: 'send' | 'process'): Attributes {
  return {
    'messaging.system': system,
    'messaging.destination.name': destination,
    'messaging.operation.type': operation,
  };
}
