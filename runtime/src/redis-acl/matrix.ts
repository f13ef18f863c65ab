/** What a policy means for each user, pub/sub command and channel, worked out without Redis. */
import type { RedisAclPolicy, RedisUser } from './policy.ts';

export interface Cell {
  readonly user: string;
  /** As for `ACL DRYRUN`: the command with its arguments. */
  readonly command: readonly string[];
  readonly allowed: boolean;
}

/** What of a policy's commands lets a user run scripts. */
const WITH_EVAL = ['eval', '@scripting', '@slow'];
const ELSEWHERE = 'launchgate.probe.elsewhere';

/** Every user, `default` and those given besides, with every command on channels in, at the edge of, and outside of all grants. */
export function matrix(policy: RedisAclPolicy, besides: readonly string[] = []): readonly Cell[] {
  const granted = policy.users.flatMap(({ publish = [], subscribe = [] }) => [...publish, ...subscribe]);
  const channels = [...new Set([...granted.flatMap(around), '*', ELSEWHERE])];
  const nobody = ['default', ...besides].map((name): RedisUser => ({ name, passwords: [] }));
  return [...policy.users, ...nobody].flatMap((user) => channels.flatMap((channel) => cells(user, channel)));
}

function cells(user: RedisUser, channel: string): Cell[] {
  const { name, publish = [], subscribe = [], commands = [] } = user;
  const matches = (patterns: readonly string[]) => patterns.some((pattern) => glob(pattern).test(channel));
  const scripts = WITH_EVAL.some((name) => commands.includes(name));
  return [
    { user: name, command: ['PUBLISH', channel, ''], allowed: matches(publish) },
    { user: name, command: ['SUBSCRIBE', channel], allowed: matches(subscribe) },
    { user: name, command: ['PSUBSCRIBE', channel], allowed: subscribe.includes(channel) || subscribe.includes('*') },
    { user: name, command: ['SPUBLISH', channel, ''], allowed: false },
    { user: name, command: ['SSUBSCRIBE', channel], allowed: false },
    { user: name, command: ['EVAL', `return redis.call('PUBLISH', '${channel}', '')`, '0'], allowed: scripts },
  ];
}

/** The grant itself, a channel in it, a narrower and a broader pattern, and one that only looks alike. */
function around(pattern: string): string[] {
  const inside = pattern.replaceAll('*', 'probe').replaceAll('?', 'x');
  const stem = pattern.replace(/[*?[].*$/, '');
  return [
    pattern,
    inside,
    `${stem}narrower*`,
    `${stem.slice(0, Math.max(0, stem.length - 1))}*`,
    `x${inside}`,
    `${stem.slice(0, -1)}-${inside}`,
  ];
}

/** Globs of Redis, but for sets of characters, which match themselves only here: such a grant shows as a difference, never as none. */
function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\/]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}
