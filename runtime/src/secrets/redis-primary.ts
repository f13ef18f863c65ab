/** Milliseconds in which a client does not connect anew for this again: where a replica is all there is, reads go on. */
const AT_MOST_EVERY = 5_000;

/**
 * For `reconnectOnError` of ioredis. A server that has become a replica refuses writes and keeps its connections, so a client behind a name or an address that
 * has moved would stay with it for ever; the next connection leads to the primary of now.
 */
export function towardsPrimary(now: () => number = () => performance.now()): (error: Error) => boolean {
  let last = -Infinity;
  return ({ message }) => {
    // A script's error may have the server's in it.
    if (!/\bREADONLY\b/.test(message) || now() - last < AT_MOST_EVERY) return false;
    last = now();
    return true;
  };
}
