import type { Query, Subject } from '../../model/control.ts';
import type { DirectiveDocument } from '../../model/document.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { channelRights, maySubscribe, mayPublish } from './acl.ts';
import { mayWriteAll } from './replay.ts';
import { resourceBlocks } from '../../proofs/topology/index.ts';

interface AclUser {
  readonly name: string;
  readonly rules: readonly string[];
  readonly origin: Origin;
}

interface AclSource {
  readonly source: string;
  readonly users: readonly AclUser[];
  readonly pubsubDefault: 'allchannels' | 'resetchannels';
  /** Where the server that reads these users is told to keep an append-only file. */
  readonly appendOnly?: { readonly origin: Origin };
  readonly origin: Origin;
}

export interface Segregation {
  readonly channels: readonly {
    readonly pattern: string;
    readonly publishers: readonly string[];
    readonly subscribers: readonly string[];
  }[];
  readonly sources: readonly AclSource[];
}

export interface Params {
  readonly users: Readonly<Record<string, string>>;
  readonly operators: readonly string[];
}

const DEFAULT_USER = 'user default off resetpass resetkeys ~* resetchannels -@all +@write';
const WHY_HE_MAY_WRITE =
  'nobody gets in as a user who is off, and as him Redis 7 reads back what transactions wrote to its append-only file';

/** Redis stores that carry declared channels. */
export function storesWithChannels(view: PlatformView): Subject[] {
  return [...new Set(view.spec.channels.map((channel) => channel.store))].map((name) => ({ kind: 'store', name }));
}

export function segregation(subject: Subject): Query<Segregation> {
  return (view) => ({
    channels: view.spec.channels
      .filter((channel) => channel.store === subject.name)
      .map(({ pattern, publishers, subscribers }) => ({ pattern, publishers, subscribers })),
    sources: [...files(view), ...elasticache(view)],
  });
}

/** Users' passwords are left out: what is digested here ends up in evidence. */
function withoutPasswords(rules: readonly string[]): string[] {
  return rules.filter((rule) => !/^[<>#!]/.test(rule));
}

function files(view: PlatformView): AclSource[] {
  const configurations = view.directives('redis-conf');
  return [...view.directives('redis-acl'), ...configurations].flatMap((file) => {
    const users = file.directives
      .filter(({ name }) => name === 'user')
      .map(({ args, origin }) => ({ name: args[0] ?? '', rules: withoutPasswords(args.slice(1)), origin }));
    if (users.length === 0) return [];
    const servers = configurations.filter((configuration) => configuration === file || includes(configuration, file));
    const settings = (servers.length === 0 ? configurations : servers).flatMap(({ directives }) => directives);
    const pubsub = settings.find(({ name }) => name === 'acl-pubsub-default');
    const appendOnly = settings.find(({ name, args }) => name === 'appendonly' && args[0]?.toLowerCase() === 'yes');
    return [
      {
        source: file.path,
        users,
        pubsubDefault: pubsub?.args[0] === 'allchannels' ? 'allchannels' : 'resetchannels',
        ...(appendOnly === undefined ? {} : { appendOnly: { origin: appendOnly.origin } }),
        origin: { path: file.path, line: 1, column: 1 },
      },
    ];
  });
}

/** Mounted, the file of users lies elsewhere: its name is what both agree on. */
function includes(configuration: DirectiveDocument, file: DirectiveDocument): boolean {
  return configuration.directives.some(
    ({ name, args }) => name === 'aclfile' && args[0]?.split('/').at(-1) === file.path.split('/').at(-1),
  );
}

function elasticache(view: PlatformView): AclSource[] {
  const users = resourceBlocks(view, 'aws_elasticache_user').flatMap((block) => {
    const access = block.attributes['access_string'];
    const name = block.attributes['user_name']?.literal;
    if (access === undefined || typeof access.literal !== 'string' || typeof name !== 'string') return [];
    return [{ name, rules: withoutPasswords(access.literal.split(/\s+/)), origin: access.origin }];
  });
  return users.length === 0
    ? []
    : [
        {
          source: 'aws_elasticache_user',
          users,
          pubsubDefault: 'resetchannels',
          origin: users[0]?.origin ?? { path: '' },
        },
      ];
}

export function check(_subject: Subject, { channels, sources: all }: Segregation, params: Params): Result {
  const sources = all.filter((source) => concerns(source, channels, params));
  if (sources.length === 0)
    return inconclusive(
      'no users.acl, no user lines in a redis.conf and no aws_elasticache_user that knows a publisher or subscriber were found',
    );
  const findings = sources.flatMap((source) => [
    ...defaultUser(source),
    ...channels.flatMap((channel) => judge(source, channel, params)),
  ]);
  const users = sources.reduce((count, source) => count + source.users.length, 0);
  return failOr(
    findings,
    `${users} users in ${sources.map(({ source }) => source).join(', ')}: on ${channels.map(({ pattern }) => pattern).join(', ')} only the declared ones publish and subscribe`,
    {
      users,
      channels: channels.length,
    },
  );
}

/** A source that knows none of the users of these channels belongs to another Redis. */
function concerns({ users }: AclSource, channels: Segregation['channels'], params: Params): boolean {
  const expected = new Set(
    channels
      .flatMap(({ publishers, subscribers }) => [...publishers, ...subscribers])
      .map((service) => params.users[service] ?? service),
  );
  return users.some(({ name }) => expected.has(name));
}

/** Without a line of its own the default user is on, without a password, with every right. */
function defaultUser({ source, users, appendOnly, origin }: AclSource): Finding[] {
  const own = users.find(({ name }) => name === 'default');
  const rights = own === undefined ? undefined : channelRights(own.rules);
  if (own !== undefined && rights?.every(({ enabled }) => !enabled) === true)
    return appendOnly === undefined || mayWriteAll(own.rules) ? [] : [droppedAtRestart(own, appendOnly.origin)];
  return [
    {
      message:
        own === undefined
          ? `${source} says nothing of the default user, which is then on without a password`
          : `${source} leaves the default user on`,
      severity: 'critical',
      origin: own?.origin ?? origin,
      remediation: `Write "${DEFAULT_USER}": ${WHY_HE_MAY_WRITE}.`,
    },
  ];
}

function droppedAtRestart({ origin }: AclUser, { path, line }: Origin): Finding {
  return {
    message: `the default user is off and may not write every key, and ${path}${line === undefined ? '' : `:${line}`} keeps an append-only file: at a restart Redis 7 drops what transactions and scripts wrote`,
    severity: 'high',
    origin,
    remediation: `Write "${DEFAULT_USER}": ${WHY_HE_MAY_WRITE}.`,
  };
}

function judge(source: AclSource, channel: Segregation['channels'][number], params: Params): Finding[] {
  const userOf = (service: string): string => params.users[service] ?? service;
  const publishers = new Set(channel.publishers.map(userOf));
  const subscribers = new Set(channel.subscribers.map(userOf));
  const over = source.users
    .filter(({ name }) => name !== 'default' && !params.operators.includes(name))
    .flatMap((user) => {
      const rights = channelRights(user.rules, source.pubsubDefault);
      return [
        ...(mayPublish(rights, channel.pattern) && !publishers.has(user.name)
          ? [overGrant(user, 'publish on', channel.pattern)]
          : []),
        ...(maySubscribe(rights, channel.pattern) && !subscribers.has(user.name)
          ? [overGrant(user, 'subscribe to', channel.pattern)]
          : []),
      ];
    });
  return [
    ...over,
    ...under(source, publishers, 'publish on', channel.pattern, mayPublish),
    ...under(source, subscribers, 'subscribe to', channel.pattern, maySubscribe),
  ];
}

function overGrant(user: AclUser, what: string, pattern: string): Finding {
  return {
    message: `user ${user.name} may ${what} ${pattern} and is not declared to`,
    severity: 'high',
    origin: user.origin,
    remediation: `Take the command or the channel from user ${user.name}, or declare it in the spec's channels.`,
  };
}

function under(
  source: AclSource,
  expected: ReadonlySet<string>,
  what: string,
  pattern: string,
  may: typeof mayPublish,
): Finding[] {
  return [...expected].flatMap((name) => {
    const user = source.users.find((candidate) => candidate.name === name);
    if (user !== undefined && may(channelRights(user.rules, source.pubsubDefault), pattern)) return [];
    return [
      {
        message:
          user === undefined
            ? `${source.source} has no user ${name}, which is declared to ${what} ${pattern}`
            : `user ${name} is declared to ${what} ${pattern} and may not`,
        severity: 'medium' as const,
        origin: user?.origin ?? source.origin,
        remediation: `Grant user ${name} the command and the channel pattern ${pattern}.`,
      },
    ];
  });
}
