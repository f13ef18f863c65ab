/** Connections that are taken from a pool of `pg`. */

type Errors = { on?(event: 'error', listener: () => void): unknown };

const known = new WeakSet<object>();

/**
 * The connection, whose `error` is heard from now on. One that dies in somebody's hands fails the query that he waits for, or his next one, and says it
 * by this event besides; the pool listens to idle ones only, and an error that nobody listens to ends the process.
 */
export function heard<C extends object>(client: C): C {
  if (!known.has(client)) (client as Errors).on?.('error', () => undefined);
  known.add(client);
  return client;
}
