/**
 * Revokes an admin token and waits for every replica to refuse it; then takes the list's store away, after which no admin may come in, and whoever was
 * revoked may not when it is back.
 */
import { z } from 'zod';
import { parseDuration, seconds } from '../../model/duration.ts';
import {
  CannotTell,
  defineDrill,
  type DrillSubject,
  type Rehearsal,
  type StepContext,
} from '../../model/drill/drill.ts';
import { pause } from '../../model/drill/until.ts';
import { secondsWithin, untilSteady } from '../../proofs/drilling/wait.ts';
import type { Params } from './check.ts';
import type { Revocation } from './query.ts';

type Needs = 'access' | 'parts' | 'people';
type Subject = DrillSubject<Revocation, Params>;
type Context = StepContext<Needs>;

interface Parameters {
  readonly inARow: number;
}

/** Two tokens of one admin and of one moment, so that whatever ends by itself ends for both. */
interface Tokens {
  readonly revoked: string;
  readonly other: string;
}

/** What the steps of one run hand on. */
interface State {
  tokens?: Tokens;
}

const MINUTE = 60_000;
/** Replicas that let the token in are asked again at a pace below any limit on an admin's requests. */
const POLL_MS = 100;
/** After the bound on the list's age: a clock tick, and a question that is under way. */
const SLACK_MS = 1500;

export const drill = defineDrill({
  summary:
    'Revokes an admin token and measures until each replica refuses it, then lets the store of the deny-list hang, starts a replica without it, and kills it: the token must stay refused.',
  blastRadius:
    'Everything that needs the store of the deny-list stands still for its bound and some seconds, twice; one replica is restarted, twice.',
  needs: ['access', 'parts', 'people'] satisfies Needs[],
  parameters: z.object({
    inARow: z
      .int()
      .min(1)
      .max(100)
      .default(5)
      .describe('Refusals in a row of each replica before a revocation counts.'),
  }),
  plan: ({ subjects, parameters }: { readonly subjects: readonly Subject[]; readonly parameters: Parameters }) => ({
    runs: subjects.map((subject) => rehearsal(subject, parameters)),
  }),
});

function rehearsal(subject: Subject, { inARow }: Parameters): Rehearsal<Needs> {
  const { id, name } = subject;
  const bound = boundOf(subject);
  const state: State = {};
  return {
    name: `the revocation of admin tokens of ${name}`,
    subjects: [id],
    hypothesis: [
      {
        name: 'replicas that admit an admin',
        unit: 'share',
        timeoutMs: MINUTE,
        tolerance: { atLeast: 1 },
        settleMs: MINUTE,
        async measure({ target }) {
          const replicas = target.parts.replicas(name);
          const token = await target.people.token(target.people.names.admin);
          const statuses = await Promise.all(replicas.map((part) => target.access.asAdmin(part, token)));
          return statuses.filter(isLetIn).length / Math.max(1, replicas.length);
        },
      },
    ],
    method: [
      {
        name: 'revoke a token',
        kind: 'measure',
        timeoutMs: 5 * MINUTE,
        run: (context) => revoke(subject, inARow, context, state),
      },
      {
        name: 'let the store hang',
        kind: 'fault',
        timeoutMs: 5 * MINUTE,
        run: (context) => hang(subject, bound, context, state),
      },
      {
        name: 'kill the store',
        kind: 'fault',
        timeoutMs: 5 * MINUTE,
        run: (context) => down(subject, bound, context, state),
      },
    ],
    predictions: [
      {
        name: 'revoked to refused',
        value: Math.min(bound, seconds(subject.params.maxStaleness)),
        unit: 's',
        because: `at the latest when the list is ${bound} s old; pushes bring it sooner`,
      },
    ],
  };
}

/** Seconds that the list may be old, as every workload is told; the longest of them. */
function boundOf({ input, params }: Subject): number {
  const told = input.staleness.flatMap(({ source }) =>
    source.from === 'literal' || source.from === 'configMap' ? (parseDuration(source.value ?? '') ?? []) : [],
  );
  return told.length === 0 ? seconds(params.maxStaleness) : Math.max(...told);
}

async function revoke({ id, name, params }: Subject, inARow: number, context: Context, state: State): Promise<void> {
  const { access, parts, people } = context.target;
  const { admin } = people.names;
  const [token, other] = [await people.token(admin), await people.token(admin)];
  const replicas = parts.replicas(name);
  if (replicas.length === 0) throw new CannotTell(`the target runs no ${name}`);
  const withinMs = seconds(params.maxStaleness) * 1000;
  await access.revoke(token, other);
  state.tokens = { revoked: token, other };
  context.mark('token revoked');
  const last = new Map<string, number | undefined>();
  const refuses = async (part: string): Promise<boolean> => {
    const status = await access.asAdmin(part, token);
    last.set(part, status);
    return isRefused(status);
  };
  const asked = { inARow, withinMs, signal: context.signal, pauseMs: POLL_MS };
  const times = await Promise.all(replicas.map((part) => untilSteady(() => refuses(part), asked)));
  context.keep(
    'refusals',
    replicas.map((part, at) => ({ part, ms: times[at] })),
  );
  const never = replicas.filter((_, at) => times[at] === undefined);
  context.observe({
    name: 'revoked to refused',
    value: Math.max(...times.map((ms) => secondsWithin(ms, withinMs))),
    unit: 's',
    atMost: withinMs / 1000,
    subject: id,
    ...(never.length === 0 ? {} : { detail: never.map(stillAnswers).join(', ') }),
  });
  const bystanders = await Promise.all(replicas.map((part) => access.asAdmin(part, other)));
  context.observe({
    name: 'other admins refused',
    value: bystanders.filter((status) => !isLetIn(status)).length,
    unit: 'replicas',
    is: 0,
    subject: id,
  });

  function stillAnswers(part: string): string {
    return `${part} still answers the revoked token with ${last.get(part) ?? 'nothing'}`;
  }
}

/** A store that hangs is worse than one that is gone: connections stay, and nothing answers. A replica that starts meanwhile has no list. */
async function hang(subject: Subject, bound: number, context: Context, state: State): Promise<void> {
  const { access, parts, people } = context.target;
  const replicas = parts.replicas(subject.name);
  const [cold] = replicas;
  const store = primaryOf(context);
  const token = await people.token(people.names.admin);
  await parts.freeze(store);
  context.mark(`${store} hangs`);
  if (cold !== undefined) await parts.kill(cold);
  // It is not ready before the store is back; what it answers until then is what counts.
  const started = cold === undefined ? undefined : parts.start(cold).catch((error: unknown) => error);
  await pause(bound * 1000 + SLACK_MS, context.signal);
  await nobodyComesIn(subject, context, replicas, token, 'while the store hangs');
  if (cold !== undefined) await nobodyComesIn(subject, context, [cold], token, 'after a cold start without the store');
  await parts.thaw(store);
  const failure = await started;
  if (failure instanceof Error)
    throw new CannotTell(`${cold} did not start again: ${failure.message}`, { cause: failure });
  await untilAdmitted(context, access, replicas, token);
  await staysRefused(subject, context, state, 'after the store went on');
}

/** What a store that was killed has forgotten shows in a replica that knows nothing but what it reads there. */
async function down(subject: Subject, bound: number, context: Context, state: State): Promise<void> {
  const { access, parts, people } = context.target;
  const replicas = parts.replicas(subject.name);
  const store = primaryOf(context);
  const token = await people.token(people.names.admin);
  await parts.kill(store);
  context.mark(`${store} is gone`);
  await pause(bound * 1000 + SLACK_MS, context.signal);
  await nobodyComesIn(subject, context, replicas, token, 'while the store is down');
  await parts.start(store);
  const began = context.now();
  await untilAdmitted(context, access, replicas, token);
  context.observe({
    name: 'store back to admins admitted',
    value: (context.now() - began) / 1000,
    unit: 's',
    subject: subject.id,
  });
  const [cold] = replicas;
  if (cold !== undefined) await parts.restart(cold);
  await untilAdmitted(context, access, replicas, token);
  await staysRefused(subject, context, state, 'after the store came back');
}

/** A list that comes back without what stood in it is fresh, and lets in whoever was revoked. */
async function staysRefused(
  { id, name }: Subject,
  { target: { access, parts }, observe }: Context,
  { tokens }: State,
  when: string,
): Promise<void> {
  if (tokens === undefined) throw new CannotTell('no token was revoked');
  const replicas = parts.replicas(name);
  const asked = await Promise.all(
    replicas.map(async (part) => ({
      part,
      revoked: await access.asAdmin(part, tokens.revoked),
      other: await access.asAdmin(part, tokens.other),
    })),
  );
  const ended = asked.find(({ other }) => !isLetIn(other));
  if (ended !== undefined)
    throw new CannotTell(
      `${ended.part} answers ${ended.other ?? 'nothing'} to a token that was never revoked, so a refusal says nothing`,
    );
  const open = asked.filter(({ revoked }) => !isRefused(revoked));
  observe({
    name: `revoked tokens not refused ${when}`,
    value: open.length,
    unit: 'replicas',
    is: 0,
    subject: id,
    ...(open.length === 0
      ? {}
      : { detail: open.map(({ part, revoked }) => `${part} answers ${revoked ?? 'nothing'}`).join(', ') }),
  });
}

function primaryOf({ target: { access, parts } }: Context): string {
  const [primary] = parts.serversOf(access.listStore);
  if (primary === undefined) throw new CannotTell(`the target runs no ${access.listStore}`);
  return primary;
}

async function nobodyComesIn(
  { id }: Subject,
  { target: { access }, observe }: Context,
  replicas: readonly string[],
  token: string,
  when: string,
): Promise<void> {
  const statuses = await Promise.all(replicas.map((part) => access.asAdmin(part, token)));
  const open = replicas.filter((_, at) => isLetIn(statuses[at]));
  observe({
    name: `admins let in ${when}`,
    value: open.length,
    unit: 'replicas',
    is: 0,
    subject: id,
    detail:
      open.length === 0
        ? replicas.map((part, at) => `${part} ${statuses[at] ?? 'no answer'}`).join(', ')
        : open.join(', '),
  });
}

async function untilAdmitted(
  { signal }: Context,
  access: Context['target']['access'],
  replicas: readonly string[],
  token: string,
): Promise<void> {
  while (!(await Promise.all(replicas.map((part) => access.asAdmin(part, token)))).every(isLetIn)) {
    await pause(POLL_MS, signal);
  }
}

/** Refused for who asks: a limit on requests, or a replica that is not well, says nothing of the token. */
function isRefused(status: number | undefined): boolean {
  return status === 401 || status === 403;
}

function isLetIn(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300;
}
