/**
 * Holds a live Redis against the policy: who exists, with which rights, and, by asking the server itself (ACL DRYRUN), what each may do on
 * each channel. A right that is missing breaks a service; one too many breaks the segregation; both are differences.
 */
import { globMatches } from './glob.ts';
import { REQUIRED_SETTINGS, type RedisAclPolicy, type RedisUser } from './policy.ts';
import { rightsOf } from './render.ts';

/** The least of a client: ioredis and node-redis both have it, or can be given it in a line. */
export interface RedisCaller {
  call(command: string, ...args: string[]): Promise<unknown>;
}

export interface AclDifference {
  readonly user: string;
  readonly kind:
    | 'missing-user'
    | 'unknown-user'
    | 'enabled'
    | 'disabled'
    | 'no-password-needed'
    | 'rights'
    | 'setting'
    | 'answer';
  readonly expected: string;
  readonly found: string;
}

export interface AclReport {
  readonly holds: boolean;
  readonly differences: readonly AclDifference[];
  /** How many single questions the server answered. */
  readonly asked: number;
}

/**
 * Needs a user that may `acl|list`, `acl|getuser`, `acl|users`, `acl|dryrun` and `config|get`. Rejects where one is refused: what could not
 * be asked does not hold.
 */
export async function verifyAcl(
  client: RedisCaller,
  policy: RedisAclPolicy,
  operators: readonly string[] = [],
): Promise<AclReport> {
  const names = (await client.call('ACL', 'USERS')) as string[];
  const known = new Map(policy.users.map((user) => [user.name, user]));
  const differences: AclDifference[] = await settingDifferences(client);
  for (const name of known.keys())
    if (!names.includes(name))
      differences.push({ user: name, kind: 'missing-user', expected: 'a user', found: 'none' });
  for (const name of names.filter((user) => !operators.includes(user)))
    differences.push(...(await userDifferences(client, name, known.get(name))));
  const matrix = await channelMatrix(
    client,
    policy,
    names.filter((name) => !operators.includes(name)),
  );
  for (const { user, question, expected, found } of matrix)
    if (expected !== found)
      differences.push({ user, kind: 'answer', expected: `${question}: ${word(expected)}`, found: word(found) });
  return { holds: differences.length === 0, differences, asked: matrix.length + names.length };
}

const word = (allowed: boolean) => (allowed ? 'allowed' : 'refused');

async function settingDifferences(client: RedisCaller): Promise<AclDifference[]> {
  const differences: AclDifference[] = [];
  for (const [setting, expected] of Object.entries(REQUIRED_SETTINGS)) {
    const found = pairs(await client.call('CONFIG', 'GET', setting)).get(setting);
    if (found !== expected)
      differences.push({ user: '', kind: 'setting', expected: `${setting} ${expected}`, found: String(found) });
  }
  return differences;
}

async function userDifferences(
  client: RedisCaller,
  name: string,
  user: RedisUser | undefined,
): Promise<AclDifference[]> {
  const live = pairs(await client.call('ACL', 'GETUSER', name));
  const flags = new Set(live.get('flags') as string[]);
  if (user === undefined) {
    if (!flags.has('on')) return [];
    return [{ user: name, kind: name === 'default' ? 'enabled' : 'unknown-user', expected: 'off', found: 'on' }];
  }
  const differences: AclDifference[] = [];
  if (!flags.has('on')) differences.push({ user: name, kind: 'disabled', expected: 'on', found: 'off' });
  if (flags.has('nopass'))
    differences.push({ user: name, kind: 'no-password-needed', expected: 'a password', found: 'nopass' });
  const expected = canonical(rightsOf(user));
  const found = liveRights(live);
  const extra = found.filter((rule) => !expected.includes(rule));
  const missing = expected.filter((rule) => !found.includes(rule));
  if (extra.length + missing.length > 0)
    differences.push({
      user: name,
      kind: 'rights',
      expected: missing.join(' ') || 'nothing more',
      found: extra.join(' ') || 'nothing more',
    });
  return differences;
}

/** What Redis writes for the same rules: without the resets, each once. */
function canonical(rules: readonly string[]): string[] {
  return [
    ...new Set(
      rules.flatMap((rule) =>
        rule.startsWith('reset') ? [] : rule.startsWith('(') ? [selectorOf(rule.slice(1, -1).split(' '))] : [rule],
      ),
    ),
  ];
}

function liveRights(live: ReadonlyMap<string, unknown>): string[] {
  const selectors = (live.get('selectors') as unknown[] | undefined) ?? [];
  return [...rulesOf(live), ...selectors.map((selector) => selectorOf(rulesOf(pairs(selector))))];
}

function rulesOf(live: ReadonlyMap<string, unknown>): string[] {
  return ['keys', 'channels', 'commands'].flatMap((member) =>
    String(live.get(member) ?? '')
      .split(' ')
      .filter((rule) => rule !== ''),
  );
}

const selectorOf = (rules: readonly string[]) =>
  `(${rules
    .filter((rule) => !rule.startsWith('reset'))
    .sort()
    .join(' ')})`;

interface Answer {
  readonly user: string;
  readonly question: string;
  readonly expected: boolean;
  readonly found: boolean;
}

/** Every user, every way of speaking and listening, every channel of the policy and its neighbours: asked of the server. */
export async function channelMatrix(
  client: RedisCaller,
  policy: RedisAclPolicy,
  names: readonly string[],
): Promise<Answer[]> {
  const patterns = [...new Set(policy.users.flatMap(({ publish = [], subscribe = [] }) => [...publish, ...subscribe]))];
  const answers: Answer[] = [];
  for (const name of names) {
    const user = policy.users.find((candidate) => candidate.name === name);
    for (const pattern of patterns)
      for (const question of questionsOf(pattern))
        answers.push({
          user: name,
          ...question.asked,
          expected: question.expected(user),
          found: await mayRun(client, name, question.words),
        });
  }
  return answers;
}

interface Question {
  readonly words: readonly string[];
  readonly asked: { readonly question: string };
  readonly expected: (user: RedisUser | undefined) => boolean;
}

function questionsOf(pattern: string): Question[] {
  const channel = exampleOf(pattern);
  const publishes = (to: string) => (user: RedisUser | undefined) =>
    (user?.publish ?? []).some((granted) => globMatches(granted, to));
  const listens = (to: string) => (user: RedisUser | undefined) =>
    (user?.subscribe ?? []).some((granted) => globMatches(granted, to));
  const literally = (to: string) => (user: RedisUser | undefined) => (user?.subscribe ?? []).includes(to);
  const never = () => false;
  const ask = (words: readonly string[], expected: Question['expected']): Question => ({
    words,
    asked: { question: words.slice(0, 2).join(' ') },
    expected,
  });
  return [
    ...[channel, `${channel}x`, 'other'].flatMap((to) => [
      ask(['PUBLISH', to, 'x'], publishes(to)),
      ask(['SUBSCRIBE', to], listens(to)),
      ask(['SPUBLISH', to, 'x'], never),
      ask(['SSUBSCRIBE', to], never),
    ]),
    ...[pattern, `${pattern}*`, '*', channel].map((to) => ask(['PSUBSCRIBE', to], literally(to))),
  ];
}

/** A channel that the pattern covers, for the wildcards that people use. */
function exampleOf(pattern: string): string {
  return pattern.replaceAll('*', '42').replaceAll('?', '7');
}

/** ACL DRYRUN answers OK, or says in words what the user lacks. */
async function mayRun(client: RedisCaller, user: string, words: readonly string[]): Promise<boolean> {
  return (await client.call('ACL', 'DRYRUN', user, ...words)) === 'OK';
}

/** A map of RESP3, or the flat list of RESP2. */
function pairs(reply: unknown): Map<string, unknown> {
  if (reply instanceof Map) return reply as Map<string, unknown>;
  if (!Array.isArray(reply)) return new Map(Object.entries((reply ?? {}) as object));
  return new Map(
    Array.from({ length: Math.floor(reply.length / 2) }, (_, at) => [String(reply[2 * at]), reply[2 * at + 1]]),
  );
}
