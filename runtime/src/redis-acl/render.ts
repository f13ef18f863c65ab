/**
 * Lines of an ACL file for Redis 7. A user's channels hold for publishing and subscribing alike, so one that does both, on
 * different channels, gets a selector for subscribing: a rule set of its own, of which one must allow a command as a whole.
 */
import { parseRedisAclPolicy, type RedisAclPolicy, type RedisKeys, type RedisUser } from './policy.ts';

/** What clients send before anything else: the ready check of ioredis asks INFO. */
const CONNECTING = ['ping', 'hello', 'auth', 'info'];
const SUBSCRIBING = ['subscribe', 'psubscribe', 'unsubscribe', 'punsubscribe'];

/** Belongs into redis.conf beside the file: without it a rule that names no channel means all of them. */
export const REQUIRED_SETTINGS: Readonly<Record<string, string>> = { 'acl-pubsub-default': 'resetchannels' };

/** A rule set as Redis reports it: the root of a user, or a selector. */
export interface RuleSet {
  readonly keys: readonly string[];
  readonly channels: readonly string[];
  /** In order: later ones win. */
  readonly commands: readonly string[];
}

/** The root first, then selectors. */
export function ruleSets(user: RedisUser): readonly [RuleSet, ...RuleSet[]] {
  const { publish = [], subscribe = [], keys = [] } = user;
  const apart = publish.length > 0 && subscribe.length > 0;
  const rootChannels = publish.length > 0 ? publish : subscribe;
  const root = {
    keys: keys.map(keyRule),
    channels: channelRules(rootChannels),
    commands: [
      '-@all',
      ...ownCommands(user),
      ...(publish.length > 0 ? ['+publish'] : []),
      ...(subscribe.length > 0 && !apart ? SUBSCRIBING.map((name) => `+${name}`) : []),
    ],
  };
  if (!apart) return [root];
  return [
    root,
    { keys: [], channels: channelRules(subscribe), commands: ['-@all', ...SUBSCRIBING.map((name) => `+${name}`)] },
  ];
}

/** Categories first, less what is dangerous or pub/sub in them, then what is named. */
function ownCommands({ commands = [] }: RedisUser): string[] {
  const categories = commands.filter((name) => name.startsWith('@'));
  const named = commands.filter((name) => !name.startsWith('@'));
  return [
    ...categories.map((name) => `+${name}`),
    ...(categories.length > 0 ? ['-@dangerous', '-@pubsub'] : []),
    ...[...new Set([...named, ...CONNECTING])].map((name) => `+${name}`),
  ];
}

/**
 * Nobody gets in as the default user, who is off. But as him Redis 7 reads its append-only file when it starts, and drops
 * what a transaction or a script has written unless he might have written it (https://github.com/redis/redis/issues/14541).
 */
const DEFAULT_USER = 'user default off resetpass resetkeys ~* resetchannels -@all +@write';

/** The content of `aclfile`, without a plain password. Throws `RedisAclError` for a policy that cannot be. */
export function renderAclFile(policy: RedisAclPolicy): string {
  const { users } = parseRedisAclPolicy(policy);
  return `${[DEFAULT_USER, ...users.map(renderUser)].join('\n')}\n`;
}

function renderUser(user: RedisUser): string {
  const [root, ...selectors] = ruleSets(user);
  const passwords = user.passwords.map(({ sha256 }) => `#${sha256}`);
  return [
    'user',
    user.name,
    'on',
    'resetpass',
    ...passwords,
    'resetkeys',
    ...root.keys,
    'resetchannels',
    ...root.channels,
    ...root.commands,
    ...selectors.map(({ channels, commands }) => `(resetchannels ${[...channels, ...commands].join(' ')})`),
  ].join(' ');
}

function keyRule({ pattern, access = 'all' }: RedisKeys): string {
  return { read: `%R~${pattern}`, write: `%W~${pattern}`, all: `~${pattern}` }[access];
}

function channelRules(channels: readonly string[]): string[] {
  return channels.map((channel) => `&${channel}`);
}
