/**
 * What Redis 7 drops when it reads its append-only file back: it does so as the default user, and runs a transaction, or what a script
 * has written, only where that user may, be he on or off. Each refusal is a line in the log and no error.
 * https://github.com/redis/redis/issues/14541, https://github.com/valkey-io/valkey/issues/3983
 */

/** Commands that write data, `@write` and what holds it. */
const WRITES = new Set(['allcommands', '+@all', '+@write']);
const WRITES_NOT = new Set(['nocommands', '-@all', '-@write', 'reset']);
const KEYS = new Set(['allkeys', '~*', '%rw~*', '%wr~*', '%w~*']);
const KEYS_NOT = new Set(['resetkeys', 'reset']);

/**
 * Whether a user with these rules, applied in order, may write every key. Selectors are left out: each speaks for itself, and none holds for a
 * whole transaction. A single command taken away is not looked at.
 */
export function mayWriteAll(rules: readonly string[]): boolean {
  let writes = false;
  let keys = false;
  for (const rule of rules.map((each) => each.toLowerCase())) {
    if (WRITES.has(rule)) writes = true;
    if (WRITES_NOT.has(rule)) writes = false;
    if (KEYS.has(rule)) keys = true;
    if (KEYS_NOT.has(rule)) keys = false;
  }
  return writes && keys;
}
