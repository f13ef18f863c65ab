/** Every store's server is killed and started again, and then a replica of every service. */
import { CannotTell, type Rehearsal, type Step } from '../../model/drill/drill.ts';
import { pause } from '../../model/drill/until.ts';
import type { Spec } from '../../model/spec.ts';
import { primaryOf } from '../../proofs/drilling/health.ts';
import { hasStore, lacksOf, longestMs, replicasAreWell, type Lack } from './lacks.ts';
import { judgeAnswers, judgeRecovery, judgeWrites } from './judge.ts';
import type { Wishes } from './dependencies.ts';
import { gather, presentIn, whileAsked, type Context, type Customers, type Needs, type Subject } from './traffic.ts';

const START_MS = 120_000;
const PATIENCE_MS = 60_000;

export function killProcesses(subjects: readonly Subject[], spec: Spec, wishes: Wishes): Rehearsal<Needs> {
  const lacks = subjects.flatMap((subject) => lacksOf(subject, spec));
  const stores = [...Map.groupBy(lacks, ({ stores: [store] }) => store!)];
  let customers: Customers | undefined;
  const gathered = (): Customers => {
    if (customers === undefined) throw new CannotTell('nobody is there to ask');
    return customers;
  };
  const timeoutMs =
    START_MS +
    longestMs(subjects, ({ answersWithin }) => answersWithin) +
    2 * longestMs(subjects, ({ recoversWithin }) => recoversWithin) +
    PATIENCE_MS;
  const step = (name: string, run: (context: Context) => Promise<void>): Step<Needs> => ({
    name,
    kind: 'fault',
    timeoutMs,
    run,
  });
  return {
    name: 'processes that are killed',
    subjects: subjects.map(({ id }) => id),
    hypothesis: [replicasAreWell(subjects)],
    method: [
      {
        ...step('ready the customers', async (context) => {
          const here = presentIn(context, subjects);
          if (here.length === 0) throw new CannotTell('the target runs none of these services');
          customers = await gather(context, here, spec, wishes);
        }),
        kind: 'act',
      },
      ...stores.map(([store, those]) =>
        step(`kill ${store}, and start it again`, (context) => killStore(context, store, those, wishes, gathered())),
      ),
      ...subjects.map((subject) =>
        step(`kill a replica of ${subject.name}, and start it again`, (context) =>
          killReplica(context, subject, wishes, gathered()),
        ),
      ),
    ],
  };
}

async function killStore(
  context: Context,
  store: string,
  all: readonly Lack[],
  wishes: Wishes,
  customers: Customers,
): Promise<void> {
  const { parts } = context.target;
  const lacks = all.filter(({ subject }) => parts.replicas(subject.name).length > 0);
  if (lacks.length === 0 || !hasStore(parts, store)) return;
  const server = primaryOf(parts, store);
  const subjects = lacks.map(({ subject }) => subject);
  const when = `while ${store} was killed and came back`;
  const answers = await whileAsked(context, customers, subjects, async () => {
    await parts.kill(server);
    context.mark(`${server} is killed`);
    await pause(wishes.seconds * 500, context.signal);
    await parts.start(server);
    context.mark(`${server} is back`);
  });
  context.keep(`answers ${when}`, Object.fromEntries(answers));
  for (const { subject, critical } of lacks) {
    const given = answers.get(subject.name);
    if (given !== undefined)
      judgeAnswers(context, subject, when, given, { kind: critical ? 'answers or refusals' : 'answers' });
  }
  await Promise.all(subjects.map((subject) => judgeRecovery(context, subject, `after ${store} was killed`)));
  await judgeWrites(context, customers, subjects, `after ${store} was killed`);
}

/**
 * What others can do in its place they must do while it is away. How it comes back is not asked under load: that a replica gets no request before it
 * is ready is its balancer's affair, and the rolling restarts of `graceful-shutdown` show it.
 */
async function killReplica(context: Context, subject: Subject, wishes: Wishes, customers: Customers): Promise<void> {
  const { parts } = context.target;
  const replicas = parts.replicas(subject.name);
  const [part] = replicas;
  if (part === undefined) return;
  const when = `after ${part} was killed`;
  const answers = await whileAsked(context, customers, [subject], async () => {
    await pause(wishes.seconds * 250, context.signal);
    await parts.kill(part);
    context.mark(`${part} is killed`);
    await pause(wishes.seconds * 1000, context.signal);
  });
  context.keep(`answers ${when}`, Object.fromEntries(answers));
  const given = answers.get(subject.name);
  if (given !== undefined && replicas.length > 1) judgeAnswers(context, subject, when, given, { kind: 'answers' });
  await parts.start(part);
  context.mark(`${part} is back`);
  await judgeRecovery(context, subject, when);
  await judgeWrites(context, customers, [subject], when);
}
