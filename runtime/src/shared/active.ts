/**
 * What is being worked on: the one asynchronous context that correlation, traces and logs share. Correlation makes it, telemetry keeps the
 * current span in it, logs read it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { TraceContext } from './trace-context.ts';

export interface Active {
  readonly requestId: string;
  /** The current span, or the place of one where nothing is traced. */
  trace: TraceContext;
  /** The span of the caller. */
  readonly parent?: TraceContext | undefined;
  readonly baggage?: Readonly<Record<string, string>> | undefined;
  /** OpenTelemetry's context, once telemetry has made one. */
  otel?: unknown;
}

export const active: AsyncLocalStorage<Active> = /* @__PURE__ */ new AsyncLocalStorage<Active>();

/** Where a request of node:http keeps its context, for events that come outside of it. */
const OF_REQUEST = Symbol('launchgate.active');

export function attach(request: object, context: Active): void {
  (request as { [OF_REQUEST]?: Active })[OF_REQUEST] = context;
}

export function attached(request: object): Active | undefined {
  return (request as { [OF_REQUEST]?: Active })[OF_REQUEST];
}

const CORRELATED = Symbol('launchgate.correlated');

/** Marks an application whose requests all have a context before the hooks that are registered from here on. */
export function correlates(app: object): void {
  (app as { [CORRELATED]?: true })[CORRELATED] = true;
}

/** Scopes inherit the mark from the one they are in. */
export function isCorrelated(app: object): boolean {
  return (app as { [CORRELATED]?: true })[CORRELATED] === true;
}
