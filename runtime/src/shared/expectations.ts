/**
 * Of a request `100-continue` alone may be expected (RFC 9110, 10.1.1). Node refuses everything else by itself, past all that logs, counts and correlates: here
 * it becomes a request like any other, with a mark by which it is refused.
 */
import type { EventEmitter } from 'node:events';

const UNMET = Symbol('launchgate.unmet');
const BROUGHT = Symbol('launchgate.brought');

/** Brings such requests to where all others go, once for each server, unless somebody else answers them. */
export function bringExpectations(server: EventEmitter): void {
  const marked = server as EventEmitter & { [BROUGHT]?: true };
  if (marked[BROUGHT] === true) return;
  marked[BROUGHT] = true;
  server.on('checkExpectation', (request: { [UNMET]?: true }, response: unknown) => {
    if (server.listenerCount('checkExpectation') > 1) return;
    request[UNMET] = true;
    server.emit('request', request, response);
  });
}

/** The refusal of a request that expects what cannot be met; undefined for all others. */
export function unmetExpectation(request: object): Error | undefined {
  if ((request as { [UNMET]?: true })[UNMET] === undefined) return undefined;
  return Object.assign(new Error('Only 100-continue may be expected.'), { statusCode: 417 });
}
