/** The three steps of the drill: the revocation, a store that hangs, a store that is gone. */
import { seconds } from '../../model/duration.ts';
import { CannotTell } from '../../model/drill/drill.ts';
import { pause } from '../../model/drill/until.ts';
import { secondsWithin, untilSteady } from '../../proofs/drilling/wait.ts';
import {
  isLetIn,
  isRefused,
  nobodyComesIn,
  POLL_MS,
  staysRefused,
  untilAdmitted,
  type Context,
  type State,
  type Subject,
} from './drill-asks.ts';

/** After the bound on the list's age: a clock tick, and a question that is under way. */
const SLACK_MS = 1500;

/** Revokes one of two tokens and waits for every replica to refuse it, and it alone. */
export async function revoke(
  { id, name, params }: Subject,
  inARow: number,
  context: Context,
  state: State,
): Promise<void> {
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
export async function hang(subject: Subject, bound: number, context: Context, state: State): Promise<void> {
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
export async function down(subject: Subject, bound: number, context: Context, state: State): Promise<void> {
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

function primaryOf({ target: { access, parts } }: Context): string {
  const [primary] = parts.serversOf(access.listStore);
  if (primary === undefined) throw new CannotTell(`the target runs no ${access.listStore}`);
  return primary;
}
