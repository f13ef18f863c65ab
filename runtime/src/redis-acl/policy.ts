/** Who may do what in a Redis, as data: the file of its users is rendered from it, and a live server is held against it. */

export interface RedisAclPolicy {
  /** `default` is always off and never listed. */
  readonly users: readonly RedisUser[];
}

export interface RedisUser {
  readonly name: string;
  /** Digests, as Redis keeps them; two while a password rotates. Without one nobody can log in. */
  readonly passwords: readonly { readonly sha256: string }[];
  /** Glob patterns of keys; `all` unless said otherwise. */
  readonly keys?: readonly KeyGrant[];
  /** Channels that it may publish to, by glob pattern. */
  readonly publish?: readonly string[];
  /** Patterns that it may subscribe to. Redis compares the pattern of a PSUBSCRIBE literally. */
  readonly subscribe?: readonly string[];
  /** `get`, `@read`, `client|setname`: what is granted beside that. */
  readonly commands?: readonly string[];
}

export interface KeyGrant {
  readonly pattern: string;
  readonly access?: 'read' | 'write' | 'all';
}

/** The policy cannot be meant so; `message` names the user and says what was expected. */
export class RedisAclError extends Error {
  override readonly name = 'RedisAclError';
}

/** Settings of the server without which the file does not mean what it says (redis.conf of Redis 7). */
export const REQUIRED_SETTINGS: Readonly<Record<string, string>> = { 'acl-pubsub-default': 'resetchannels' };

export const PUBLISH = ['publish', 'spublish'] as const;
export const SUBSCRIBE = [
  'subscribe',
  'psubscribe',
  'ssubscribe',
  'unsubscribe',
  'punsubscribe',
  'sunsubscribe',
] as const;

/** Commands that undo every other rule: they change rules, run code in the server, or replace its data and configuration. */
const SOVEREIGN =
  /^(?:acl|config|debug|module|replicaof|slaveof|failover|shutdown|function|migrate|restore|sync|psync|@all|@admin|@dangerous|@scripting|@pubsub)(?:\||$)/;
const RIGHTS_ELSEWHERE: ReadonlySet<string> = new Set([...PUBLISH, ...SUBSCRIBE]);

/** Checks what came from a file. Throws `RedisAclError` at the first thing that is wrong. */
export function parseRedisAclPolicy(input: unknown): RedisAclPolicy {
  const { users } = record(input, 'the policy', ['users']);
  if (!Array.isArray(users) || users.length === 0) throw new RedisAclError('the policy: expected a list of users');
  const parsed = users.map((user: unknown, at) => parseUser(user, at));
  const names = parsed.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new RedisAclError(`user ${twice}: is listed twice`);
  return { users: parsed };
}

function parseUser(input: unknown, at: number): RedisUser {
  const user = record(input, `user ${at + 1}`, ['name', 'passwords', 'keys', 'publish', 'subscribe', 'commands']);
  const name = user['name'];
  if (typeof name !== 'string' || !/^[A-Za-z0-9_.:-]{1,64}$/.test(name))
    throw new RedisAclError(`user ${at + 1}: expected a name of letters, digits and _ . : -`);
  if (name === 'default') throw new RedisAclError('user default: is always off; give each workload a user of its own');
  const where = `user ${name}`;
  const commands = list(user['commands'], `${where}: commands`, /^@?[a-z][a-z0-9_.-]*(?:\|[a-z0-9_-]+)?$/);
  const sovereign = commands.find((command) => SOVEREIGN.test(command));
  if (sovereign !== undefined)
    throw new RedisAclError(`${where}: ${sovereign} undoes every other rule; name the commands it needs`);
  const pubsub = commands.find((command) => RIGHTS_ELSEWHERE.has(command));
  if (pubsub !== undefined)
    throw new RedisAclError(`${where}: ${pubsub} follows from publish and subscribe; take it out of commands`);
  return {
    name,
    passwords: passwords(user['passwords'], where),
    keys: keys(user['keys'], where),
    publish: list(user['publish'], `${where}: publish`, PATTERN),
    subscribe: list(user['subscribe'], `${where}: subscribe`, PATTERN),
    commands,
  };
}

/** Printable and without blanks, and more than a wildcard alone: a rule of the file ends at a blank. */
const PATTERN = /^(?!\*+$)[!-~]{1,256}$/;

function keys(input: unknown, where: string): KeyGrant[] {
  if (input === undefined) return [];
  if (!Array.isArray(input)) throw new RedisAclError(`${where}: keys: expected a list`);
  return input.map((item: unknown) => {
    const { pattern, access = 'all' } = record(item, `${where}: keys`, ['pattern', 'access']);
    if (typeof pattern !== 'string' || !PATTERN.test(pattern))
      throw new RedisAclError(`${where}: keys: expected a pattern such as ticket:*, not every key`);
    if (access !== 'all' && access !== 'read' && access !== 'write')
      throw new RedisAclError(`${where}: keys: expected access read, write or all`);
    return { pattern, access };
  });
}

function passwords(input: unknown, where: string): { sha256: string }[] {
  if (!Array.isArray(input)) throw new RedisAclError(`${where}: expected a list of passwords`);
  return input.map((item: unknown) => {
    const { sha256 } = record(item, `${where}: passwords`, ['sha256']);
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256))
      throw new RedisAclError(`${where}: passwords: expected the SHA-256 digest in hexadecimal, never the password`);
    return { sha256 };
  });
}

function list(input: unknown, where: string, shape: RegExp): string[] {
  if (input === undefined) return [];
  if (!Array.isArray(input)) throw new RedisAclError(`${where}: expected a list`);
  return input.map((item: unknown) => {
    if (typeof item !== 'string' || !shape.test(item))
      throw new RedisAclError(`${where}: does not take ${JSON.stringify(item)}`);
    return item;
  });
}

function record(input: unknown, where: string, members: readonly string[]): Record<string, unknown> {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new RedisAclError(`${where}: expected an object`);
  const strange = Object.keys(input).find((key) => !members.includes(key));
  if (strange !== undefined)
    throw new RedisAclError(`${where}: does not know ${strange}; expected ${members.join(', ')}`);
  return input as Record<string, unknown>;
}
