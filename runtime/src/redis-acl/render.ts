/** Lines of an ACL file (Redis 7, https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/). */
import { SUBSCRIBE, type KeyGrant, type RedisAclPolicy, type RedisUser } from './policy.ts';

const ACCESS: Record<NonNullable<KeyGrant['access']>, string> = { all: '~', read: '%R~', write: '%W~' };

/** The whole file, the `default` user off in its first line. */
export function renderAclFile({ users }: RedisAclPolicy): string {
  const lines = users.map(({ name, passwords, ...rights }) => {
    const secrets = passwords.map(({ sha256 }) => `#${sha256}`);
    return ['user', name, 'on', 'resetpass', ...secrets, ...rightsOf({ name, passwords, ...rights })].join(' ');
  });
  return `${['user default off resetpass resetkeys resetchannels -@all', ...lines].join('\n')}\n`;
}

/**
 * A user that does both publishes in its root permissions and subscribes in a selector: in one set of permissions every channel would be
 * open in both directions.
 */
export function rightsOf(user: RedisUser): string[] {
  const { keys = [], publish = [], subscribe = [], commands = [] } = user;
  const root = [
    'resetkeys',
    ...keys.map(({ pattern, access = 'all' }) => `${ACCESS[access]}${pattern}`),
    'resetchannels',
  ];
  const both = publish.length > 0 && subscribe.length > 0;
  const channels = both ? publish : [...publish, ...subscribe];
  const granted = [
    ...commands,
    ...(publish.length > 0 ? ['publish'] : []),
    ...(both || subscribe.length === 0 ? [] : SUBSCRIBES),
  ];
  const rules = [
    ...root,
    ...channels.map((channel) => `&${channel}`),
    '-@all',
    ...granted.map((command) => `+${command}`),
  ];
  if (!both) return rules;
  const selector = [
    'resetchannels',
    ...subscribe.map((channel) => `&${channel}`),
    '-@all',
    ...SUBSCRIBES.map((command) => `+${command}`),
  ];
  return [...rules, `(${selector.join(' ')})`];
}

/** Shard channels are not part of the policy's words, so nobody gets them. */
export const SUBSCRIBES = SUBSCRIBE.filter((command) => !command.startsWith('s') || command === 'subscribe');
