/** Who may do what on a Redis, as data: nothing is allowed that is not said, and channels are said apart from commands. */
import { createHash } from 'node:crypto';

export interface RedisAclPolicy {
  /** `default` is not among them: it is always off. */
  readonly users: readonly RedisUser[];
}

export interface RedisUser {
  readonly name: string;
  /** One, or two while they overlap. Only digests: see `passwordDigest`. */
  readonly passwords: readonly { readonly sha256: string }[];
  readonly keys?: readonly RedisKeys[];
  /** Channels or patterns that the user may PUBLISH to. */
  readonly publish?: readonly string[];
  /** Channels that it may SUBSCRIBE to; a pattern is allowed for PSUBSCRIBE only as exactly this text, but for `*`, which allows all. */
  readonly subscribe?: readonly string[];
  /** `get`, `client|setname`, `@read`. Pub/sub commands follow from the channels and are not named here. */
  readonly commands?: readonly string[];
}

export interface RedisKeys {
  readonly pattern: string;
  /** Default `all`. */
  readonly access?: 'read' | 'write' | 'all';
}

/** What is wrong with a policy, or why a server could not be asked. */
export class RedisAclError extends Error {
  override readonly name = 'RedisAclError';
  readonly code = 'REDIS_ACL';
}

export function passwordDigest(password: string): { readonly sha256: string } {
  return { sha256: createHash('sha256').update(password).digest('hex') };
}

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9._:-]{0,63}$/;
const DIGEST = /^[0-9a-f]{64}$/;
/** No spaces, quotes or parentheses: ACL files know no escapes for them. */
const PATTERN = /^[^\s()"'\\\p{Cc}]{1,256}$/u;
const COMMAND = /^(?:@[a-z]+|[a-z][a-z0-9_.-]*(?:\|[a-z][a-z0-9_-]*)?)$/;
/** Whole categories that hold channels, or the server itself. */
const TOO_MUCH = new Set(['@all', '@pubsub', '@admin', '@dangerous']);
export const PUBSUB = [
  'publish',
  'spublish',
  'subscribe',
  'psubscribe',
  'ssubscribe',
  'pubsub',
  'unsubscribe',
  'punsubscribe',
  'sunsubscribe',
];
const MEMBERS = new Set(['name', 'passwords', 'keys', 'publish', 'subscribe', 'commands']);

/** Takes what JSON or YAML gives. Throws `RedisAclError` naming all that is wrong. */
export function parseRedisAclPolicy(input: unknown): RedisAclPolicy {
  const users = isRecord(input) ? input['users'] : undefined;
  if (!Array.isArray(users) || users.length === 0)
    throw new RedisAclError('a policy needs a list "users" with at least one user');
  const wrong = users.flatMap((user: unknown, at) => problems(user).map((text) => `users[${at}]: ${text}`));
  const names = users.map((user: unknown) => (isRecord(user) ? user['name'] : undefined));
  if (new Set(names).size < names.length) wrong.push('two users have the same name');
  if (wrong.length > 0) throw new RedisAclError(wrong.join('; '));
  return { users: users as RedisUser[] };
}

function problems(user: unknown): string[] {
  if (!isRecord(user)) return ['is no object'];
  const wrong = Object.keys(user)
    .filter((key) => !MEMBERS.has(key))
    .map((key) => `"${key}" is not known`);
  const { name, passwords } = user;
  if (typeof name !== 'string' || !NAME.test(name)) wrong.push('"name" needs letters, digits and . _ : -');
  if (name === 'default') wrong.push('"default" is always off; clients need users of their own');
  if (
    !Array.isArray(passwords) ||
    passwords.length === 0 ||
    !passwords.every((one: unknown) => isRecord(one) && DIGEST.test(String(one['sha256'])))
  )
    wrong.push('"passwords" needs at least one { sha256 } of 64 hexadecimal digits in lower case');
  for (const member of ['publish', 'subscribe'] as const)
    wrong.push(
      ...texts(user, member)
        .filter((text) => !PATTERN.test(String(text)))
        .map((text) => `${member}: ${JSON.stringify(text)} cannot stand in an ACL file`),
    );
  for (const member of ['passwords', 'keys', 'publish', 'subscribe'] as const)
    for (const twice of repeated(texts(user, member)))
      wrong.push(`${member}: ${twice} is there twice, and a server reports it once`);
  for (const key of texts(user, 'keys'))
    if (
      !isRecord(key) ||
      !PATTERN.test(String(key['pattern'])) ||
      !['read', 'write', 'all', undefined].includes(key['access'] as never)
    )
      wrong.push('"keys" needs { pattern, access: read, write or all }');
  for (const command of texts(user, 'commands')) wrong.push(...commandProblems(String(command)));
  return wrong;
}

function commandProblems(command: string): string[] {
  if (!COMMAND.test(command))
    return [`commands: ${JSON.stringify(command)} is no command, command|subcommand or @category`];
  if (TOO_MUCH.has(command)) return [`commands: ${command} is more than a service needs; name commands`];
  if (PUBSUB.includes(command.split('|')[0] ?? ''))
    return [`commands: ${command} follows from "publish" and "subscribe"`];
  return [];
}

/** A key's pattern counts, whatever the access. */
function repeated(list: readonly unknown[]): string[] {
  const names = list.map((one) => String(isRecord(one) ? (one['pattern'] ?? one['sha256']) : one));
  return [...new Set(names.filter((name, at) => names.indexOf(name) < at))];
}

function texts(user: Record<string, unknown>, member: string): unknown[] {
  const value = user[member];
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [Symbol.for('not a list')];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
