/** Every user of the server tries every command on every declared channel, and the server says of each what it would let them do. */
import { z } from 'zod';
import type { Databases, RedisConnection } from '../../model/drill/databases.ts';
import {
  CannotTell,
  defineDrill,
  type DrillSubject,
  type Rehearsal,
  type StepContext,
} from '../../model/drill/drill.ts';
import { attemptsOn, WAYS_AROUND, type Attempt } from './attempts.ts';
import type { Params, Segregation } from './check.ts';

type Subject = DrillSubject<Segregation, Params>;
type Context = StepContext<'databases'>;

/** One cell of the matrix. */
interface Cell {
  readonly user: string;
  readonly attempt: string;
  readonly channel: string;
  readonly expected: 'must' | 'may' | 'never';
  readonly allowed: boolean;
  /** `tried`: really done; `asked`: the server was asked what it would do. */
  readonly by: 'tried' | 'asked';
}

/** Occurs in names of channels; no user of the platform has it. */
const MARK = 'launchgate-drill';
const MINUTE = 60_000;

export const drill = defineDrill({
  summary:
    'Tries every way to publish and to subscribe on each declared channel as every user of the Redis, and asks the server what it would let them do.',
  blastRadius:
    'Subscribers of a declared pattern receive one message for each way by which somebody may publish, on a channel of no real user.',
  needs: ['databases'],
  parameters: z.object({}),
  plan: ({ subjects }: { readonly subjects: readonly Subject[] }) => ({ runs: subjects.map(rehearsal) }),
});

function rehearsal(subject: Subject): Rehearsal<'databases'> {
  const { id, name } = subject;
  return {
    name: `who may do what on the channels of ${name}`,
    subjects: [id],
    hypothesis: [
      {
        name: 'users of the server',
        unit: 'users',
        timeoutMs: 10_000,
        tolerance: { atLeast: 1 },
        measure: ({ target }) =>
          withOperator(target.databases, name, async (operator) => (await usersOf(operator)).length),
      },
    ],
    method: [
      { name: 'try the whole matrix', kind: 'measure', timeoutMs: MINUTE, run: (context) => matrix(subject, context) },
      {
        name: 'ask for ways around it',
        kind: 'measure',
        timeoutMs: MINUTE,
        run: (context) => around(subject, context),
      },
      { name: 'come without a name', kind: 'measure', timeoutMs: MINUTE, run: (context) => nameless(subject, context) },
    ],
  };
}

async function matrix({ name, input, params }: Subject, context: Context): Promise<void> {
  const { databases } = context.target;
  const cells = await withOperator(databases, name, async (operator) => {
    const found: Cell[] = [];
    for (const user of await judgedUsers(operator, params))
      for (const channel of input.channels)
        for (const attempt of attemptsOn(channel.pattern, MARK)) {
          context.signal.throwIfAborted();
          const expected = expectedOf(user, attempt, channel, params);
          const row = { user, attempt: attempt.name, channel: attempt.channel, expected };
          const asked = await wouldAllow(operator, user, attempt);
          if (asked !== undefined) found.push({ ...row, allowed: asked, by: 'asked' });
          const tried = await tryAs(databases, name, user, attempt);
          if (tried !== undefined) found.push({ ...row, allowed: tried, by: 'tried' });
        }
    return found;
  });
  context.keep('matrix', cells);
  const tried = cells.filter(({ by }) => by === 'tried');
  if (tried.length === 0) throw new CannotTell('the target has no password of any user of this server');
  const over = cells.filter(({ expected, allowed }) => expected === 'never' && allowed);
  const under = cells.filter(({ expected, allowed }) => expected === 'must' && !allowed);
  context.observe({ name: 'combinations tried', value: tried.length, unit: 'commands' });
  context.observe({ name: 'combinations asked', value: cells.length - tried.length, unit: 'commands' });
  context.observe({ name: 'rights too many', value: over.length, unit: 'commands', is: 0, ...told(over, 'may') });
  context.observe({
    name: 'declared rights missing',
    value: under.length,
    unit: 'commands',
    is: 0,
    ...told(under, 'may not'),
  });
}

async function around({ name, params }: Subject, context: Context): Promise<void> {
  const found = await withOperator(context.target.databases, name, async (operator) => {
    const open: string[] = [];
    for (const user of await judgedUsers(operator, params))
      for (const command of WAYS_AROUND)
        if (isAllowed(await dryRun(operator, user, command))) open.push(`${user} may ${command.slice(0, 2).join(' ')}`);
    return open;
  });
  context.observe({ name: 'ways around', value: found.length, unit: 'commands', is: 0, ...detail(found) });
}

/** The default user is who comes without a name. Off, it is answered nothing. */
async function nameless({ name, input }: Subject, context: Context): Promise<void> {
  const answered: string[] = [];
  for (const command of [
    ['PING'],
    ...input.channels.flatMap(({ pattern }) => attemptsOn(pattern, MARK)[0]?.commands ?? []),
  ])
    if (await answers(context.target.databases, name, 'default', [command as [string, ...string[]]]))
      answered.push(command[0] ?? '');
  context.observe({
    name: 'commands answered to nobody',
    value: answered.length,
    unit: 'commands',
    is: 0,
    ...detail(answered),
  });
}

/** All but those that are declared to do more, and the one by whom the drill asks. */
async function judgedUsers(operator: RedisConnection, { operators }: Params): Promise<string[]> {
  const self = String(await operator.call('ACL', 'WHOAMI'));
  // Whoever may not ask, and a server that does not know the question, answer as if everybody were forbidden everything.
  const asked = await dryRun(operator, self, ['ACL', 'WHOAMI']);
  if (!isAllowed(asked)) throw new CannotTell(`the operator cannot ask what others may (ACL DRYRUN): ${asked}`);
  return (await usersOf(operator)).filter((user) => user !== 'default' && user !== self && !operators.includes(user));
}

async function usersOf(operator: RedisConnection): Promise<string[]> {
  const users = await operator.call('ACL', 'USERS');
  return Array.isArray(users) ? users.map(String) : [];
}

function expectedOf(
  user: string,
  { right, declared }: Attempt,
  { publishers, subscribers }: Segregation['channels'][number],
  { users }: Params,
): Cell['expected'] {
  const services = right === 'publish' ? publishers : subscribers;
  return services.some((service) => (users[service] ?? service) === user) ? declared : 'never';
}

/** Undefined where the server cannot say: what a script does is known when it runs. */
async function wouldAllow(
  operator: RedisConnection,
  user: string,
  { name, commands }: Attempt,
): Promise<boolean | undefined> {
  if (name.startsWith('EVAL')) return undefined;
  for (const command of commands) if (!isAllowed(await dryRun(operator, user, command))) return false;
  return true;
}

/** ACL DRYRUN answers with the refusal, later versions of Redis with an error. */
async function dryRun(operator: RedisConnection, user: string, command: readonly string[]): Promise<string> {
  return operator.call('ACL', 'DRYRUN', user, ...command).then(String, (error: unknown) => wordsOf(error));
}

function isAllowed(answer: string): boolean {
  return answer === 'OK';
}

/** Undefined where the target does not have the user's password. */
async function tryAs(
  databases: Databases,
  store: string,
  user: string,
  { commands }: Attempt,
): Promise<boolean | undefined> {
  try {
    return await answers(databases, store, user, commands);
  } catch (error) {
    if (/WRONGPASS/.test(wordsOf(error))) return undefined;
    throw new CannotTell(`${store} could not be asked as ${user}: ${wordsOf(error)}`, { cause: error });
  }
}

/** On a connection of its own: one that has subscribed takes no other commands. */
async function answers(
  databases: Databases,
  store: string,
  user: string,
  commands: readonly (readonly [string, ...string[]])[],
): Promise<boolean> {
  const connection = await databases.redis(store, user);
  try {
    for (const [command, ...args] of commands) {
      const refusal = await connection.call(command, ...args).then(
        () => undefined,
        (error: unknown) => wordsOf(error),
      );
      if (refusal === undefined) continue;
      if (REFUSED.test(refusal)) return false;
      throw new CannotTell(`${store} answers ${command} of ${user} with ${refusal}`);
    }
    return true;
  } finally {
    await connection.close();
  }
}

/** The words of Redis 7 for what its ACL forbids, in a script as well, and for who has not said who they are. */
const REFUSED = /NOPERM|NOAUTH|ACL failure|no permissions|can't (?:run this|access)|EXECABORT/;

async function withOperator<T>(
  databases: Databases,
  store: string,
  work: (operator: RedisConnection) => Promise<T>,
): Promise<T> {
  const operator = await databases.redis(store).catch((cause: unknown) => {
    throw new CannotTell(`the operator is not let in to ${store}: ${wordsOf(cause)}`, { cause });
  });
  try {
    return await work(operator);
  } finally {
    await operator.close();
  }
}

function told(cells: readonly Cell[], verb: string): { detail?: string } {
  return detail([...new Set(cells.map(({ user, attempt, channel }) => `${user} ${verb} ${attempt} ${channel}`))]);
}

function detail(texts: readonly string[]): { detail?: string } {
  return texts.length === 0 ? {} : { detail: texts.join('; ') };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
