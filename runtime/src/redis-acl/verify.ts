/** Holds a live Redis against a policy: the users as it reports them, and what it would answer to each cell of the matrix. */
import { allowedBy, type Categories } from './commands.ts';
import { matrix } from './matrix.ts';
import { parseRedisAclPolicy, RedisAclError, type RedisAclPolicy, type RedisUser } from './policy.ts';
import { REQUIRED_SETTINGS, ruleSets, type RuleSet } from './render.ts';

/** What is needed of an ioredis client: a user with `+acl|users +acl|getuser +acl|dryrun +acl|cat +config|get`. */
export interface RedisCaller {
  call(command: string, ...args: string[]): Promise<unknown>;
}

export interface AclDifference {
  /** Empty for settings of the server. */
  readonly user: string;
  /** `user`, `flags`, `passwords`, `keys`, `channels`, `commands`, `selectors`, the name of a setting, or a command of the matrix. */
  readonly what: string;
  /** For `commands`, those that are missing. */
  readonly expected: string;
  /** For `commands`, those that are too many. */
  readonly found: string;
}

export interface AclReport {
  readonly holds: boolean;
  readonly differences: readonly AclDifference[];
  /** How many cells of the matrix were asked. */
  readonly asked: number;
}

export interface VerifyOptions {
  /** Users that others administer: they must exist for a reason, are held to the matrix as if nothing were granted, and not compared. */
  readonly alsoPresent?: readonly string[];
}

/** Changes nothing. Throws `RedisAclError` if the server cannot be asked: no answer is no pass. */
export async function verifyAcl(
  redis: RedisCaller,
  policy: RedisAclPolicy,
  options: VerifyOptions = {},
): Promise<AclReport> {
  const { users } = parseRedisAclPolicy(policy);
  const { alsoPresent = [] } = options;
  const present = strings(await ask(redis, 'ACL', 'USERS'));
  const known = new Set(['default', ...alsoPresent, ...users.map(({ name }) => name)]);
  const categories = await categoriesOf(redis);
  const strangers = present.filter((name) => !known.has(name));
  const differences = [
    ...(await settings(redis)),
    ...strangers.map((user) => ({ user, what: 'user', expected: 'absent', found: 'present' })),
    ...(await defaultUser(redis)),
  ];
  for (const user of users)
    if (present.includes(user.name)) differences.push(...compare(user, await getUser(redis, user.name), categories));
    else differences.push({ user: user.name, what: 'user', expected: 'present', found: 'absent' });
  const cells = matrix({ users }, [...strangers, ...alsoPresent]).filter(({ user }) => present.includes(user));
  for (const { user, command, allowed } of cells) {
    const answer = await ask(redis, 'ACL', 'DRYRUN', user, ...command);
    if ((answer === 'OK') !== allowed)
      differences.push({
        user,
        what: command.join(' '),
        expected: allowed ? 'allowed' : 'refused',
        found: String(answer),
      });
  }
  if (cells.length === 0) throw new RedisAclError('the server has none of the users, so that nothing could be asked');
  return { holds: differences.length === 0, differences, asked: cells.length };
}

async function categoriesOf(redis: RedisCaller): Promise<Categories> {
  const categories = new Map<string, readonly string[]>();
  for (const name of strings(await ask(redis, 'ACL', 'CAT')))
    categories.set(name, strings(await ask(redis, 'ACL', 'CAT', name)));
  if (categories.size === 0) throw new RedisAclError('the server knows no categories of commands');
  return categories;
}

async function settings(redis: RedisCaller): Promise<AclDifference[]> {
  const differences: AclDifference[] = [];
  for (const [name, expected] of Object.entries(REQUIRED_SETTINGS)) {
    const found = members(await ask(redis, 'CONFIG', 'GET', name)).get(name);
    if (found !== expected) differences.push({ user: '', what: name, expected, found: String(found) });
  }
  return differences;
}

async function defaultUser(redis: RedisCaller): Promise<AclDifference[]> {
  const { flags } = await getUser(redis, 'default');
  return flags.includes('off') ? [] : [{ user: 'default', what: 'flags', expected: 'off', found: flags.join(' ') }];
}

interface LiveUser {
  readonly flags: readonly string[];
  readonly passwords: readonly string[];
  readonly sets: readonly RuleSet[];
}

function compare(user: RedisUser, live: LiveUser, categories: Categories): AclDifference[] {
  const differences: AclDifference[] = [];
  const hold = (what: string, expected: string, found: string) => {
    if (expected !== found) differences.push({ user: user.name, what, expected, found });
  };
  const sorted = (texts: readonly string[]) => [...texts].sort().join(' ');
  hold('flags', 'on', sorted(live.flags.filter((flag) => flag !== 'sanitize-payload')));
  hold('passwords', sorted(user.passwords.map(({ sha256 }) => sha256)), sorted(live.passwords));
  const expected = ruleSets(user);
  hold('selectors', String(expected.length - 1), String(live.sets.length - 1));
  for (const [at, set] of expected.entries()) {
    const found = live.sets[at] ?? { keys: [], channels: [], commands: [] };
    const prefix = at === 0 ? '' : `selector ${at} `;
    hold(`${prefix}keys`, sorted(set.keys), sorted(found.keys));
    hold(`${prefix}channels`, sorted(set.channels), sorted(found.channels));
    const [own, theirs] = [allowedBy(set.commands, categories), allowedBy(found.commands, categories)];
    const lacking = [...own].filter((name) => !theirs.has(name));
    const beyond = [...theirs].filter((name) => !own.has(name));
    if (lacking.length + beyond.length > 0)
      differences.push({
        user: user.name,
        what: `${prefix}commands`,
        expected: lacking.map((name) => `+${name}`).join(' '),
        found: beyond.map((name) => `+${name}`).join(' '),
      });
  }
  return differences;
}

async function getUser(redis: RedisCaller, name: string): Promise<LiveUser> {
  const user = members(await ask(redis, 'ACL', 'GETUSER', name));
  const selectors = user.get('selectors');
  if (!Array.isArray(selectors)) throw new RedisAclError('the server knows no selectors; Redis 7 or newer is needed');
  return {
    flags: strings(user.get('flags')),
    passwords: strings(user.get('passwords')),
    sets: [user, ...selectors.map(members)].map(ruleSetOf),
  };
}

function ruleSetOf(live: ReadonlyMap<string, unknown>): RuleSet {
  const words = (name: string) =>
    String(live.get(name) ?? '')
      .split(' ')
      .filter((word) => word !== '');
  return { keys: words('keys'), channels: words('channels'), commands: words('commands') };
}

async function ask(redis: RedisCaller, command: string, ...args: string[]): Promise<unknown> {
  try {
    return await redis.call(command, ...args);
  } catch (cause) {
    throw new RedisAclError(
      `the server refused ${command} ${args[0] ?? ''}; the verifying user needs +acl|users +acl|getuser +acl|dryrun +acl|cat +config|get`,
      { cause },
    );
  }
}

/** Pairs, as RESP2 flattens them, or what a client made of RESP3's map. */
function members(reply: unknown): ReadonlyMap<string, unknown> {
  if (reply instanceof Map) return reply as Map<string, unknown>;
  if (Array.isArray(reply))
    return new Map(
      reply.flatMap((name: unknown, at) => (at % 2 === 0 ? [[String(name), reply[at + 1] as unknown] as const] : [])),
    );
  if (typeof reply === 'object' && reply !== null) return new Map(Object.entries(reply));
  throw new RedisAclError('the server answered something that is no list of members; is there such a user?');
}

function strings(reply: unknown): string[] {
  if (reply instanceof Set) return [...reply].map(String);
  if (!Array.isArray(reply)) throw new RedisAclError('the server answered something that is no list');
  return reply.map(String);
}
