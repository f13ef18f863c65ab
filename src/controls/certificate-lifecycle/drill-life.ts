/** One certificate's life: issued, renewed while it is in use, expired, withdrawn, and looked at by the periodic job. */
import { seconds } from '../../model/duration.ts';
import { CannotTell, type Rehearsal } from '../../model/drill/drill.ts';
import type { ClientCertificate, Knock } from '../../model/drill/trust.ts';
import type { Spec } from '../../model/spec.ts';
import { pause } from '../../model/drill/until.ts';
import { underLoad } from '../../proofs/drilling/under-load.ts';
import { secondsWithin } from '../../proofs/drilling/wait.ts';
import {
  doorsOf,
  MINUTE,
  untilAnswered,
  type Context,
  type Needs,
  type Parameters,
  type Subject,
} from './drill-load.ts';

const HOUR = 60 * MINUTE;

export function lifeRehearsal(subject: Subject, parameters: Parameters, spec: Spec): Rehearsal<Needs> {
  const load = underLoad({ spec, perSecond: parameters.perSecond, path: subject.params.loadPath });
  const { id, name } = subject;
  return {
    name: `the life of the certificate ${name}`,
    subjects: [id],
    hypothesis: [
      {
        name: 'complaints of the periodic job',
        unit: 'servers',
        timeoutMs: MINUTE,
        tolerance: { atMost: 0 },
        async measure({ target }) {
          const { checked, exitCode, complaints } = await target.trust.certificates.runCheck();
          if (checked === 0) throw new CannotTell('the job looked at nothing');
          return exitCode === 0 ? complaints.length : Math.max(1, complaints.length);
        },
      },
    ],
    method: [
      {
        name: 'start the load',
        kind: 'act',
        timeoutMs: MINUTE,
        async run(context) {
          doorsOf(subject, context.target.trust);
          await load.start(context);
        },
      },
      { name: 'renew under load', kind: 'measure', timeoutMs: 5 * MINUTE, run: (context) => renew(subject, context) },
      {
        name: 'let a caller’s expire',
        kind: 'measure',
        timeoutMs: MINUTE,
        run: (context) => expire(subject, parameters, context),
      },
      { name: 'withdraw one', kind: 'measure', timeoutMs: MINUTE, run: (context) => withdraw(subject, context) },
      { name: 'end the load', kind: 'measure', timeoutMs: MINUTE, run: (context) => load.stop(context, [id]) },
      {
        name: 'show the job what it must find',
        kind: 'fault',
        timeoutMs: MINUTE,
        run: (context) => job(subject, parameters, context),
      },
    ],
  };
}

async function renew(subject: Subject, context: Context): Promise<void> {
  const { trust } = context.target;
  const { inARow, servedWithin } = subject.params;
  const withinMs = seconds(servedWithin) * 1000;
  const caller = await trust.certificates.issue();
  const times = await Promise.all(
    doorsOf(subject, trust).map(async (door) => {
      const { serial, issueMs } = await trust.certificates.renew(door.part);
      const holds = ({ outcome, served }: Knock): boolean => outcome === 'admitted' && served?.serial === serial;
      return {
        part: door.part,
        issueMs,
        servedMs: await untilAnswered(context, door, caller, { holds, inARow, withinMs }),
      };
    }),
  );
  context.keep('renewals', times);
  const late = times.filter(({ servedMs }) => servedMs === undefined).map(({ part }) => part);
  const { id } = subject;
  context.observe({
    name: 'issue',
    value: Math.max(...times.map(({ issueMs }) => issueMs)) / 1000,
    unit: 's',
    subject: id,
  });
  context.observe({
    name: 'renewed to served',
    value: Math.max(...times.map(({ servedMs }) => secondsWithin(servedMs, withinMs))),
    unit: 's',
    atMost: withinMs / 1000,
    subject: id,
  });
  context.observe({
    name: 'servers that go on showing the old one',
    value: late.length,
    unit: 'servers',
    is: 0,
    subject: id,
    ...(late.length === 0 ? {} : { detail: `${late.join(', ')}: mounted, and not taken in` }),
  });
}

/** Let in before its end and refused after it, everywhere. */
async function expire(subject: Subject, { lifeSeconds }: Parameters, context: Context): Promise<void> {
  const { trust } = context.target;
  const doors = doorsOf(subject, trust);
  const caller = await trust.certificates.issue({ lifeMs: lifeSeconds * 1000 });
  await Promise.all(
    doors.map(async (door) => {
      const { outcome, said } = await trust.knock(door, caller);
      if (outcome !== 'admitted')
        throw new CannotTell(`${door.part} does not admit a certificate that is valid: ${said}`);
    }),
  );
  await pause(Math.max(0, caller.notAfter - Date.now()), context.signal);
  await refusedEverywhere(subject, context, doors, caller, 'expired');
}

async function withdraw(subject: Subject, context: Context): Promise<void> {
  const { trust } = context.target;
  const { id, input, params } = subject;
  const ttl = input.declared?.ttl;
  const [bad, good] = await Promise.all([trust.certificates.issue(), trust.certificates.issue()]);
  for (const door of doorsOf(subject, trust)) {
    const revocation = await trust.certificates.withdraw(bad, door.part);
    if (revocation === undefined) continue;
    await refusedEverywhere(subject, context, [door], bad, 'withdrawn');
    const hours = (revocation.nextUpdate - Date.now()) / 3_600_000;
    context.observe({
      name: 'list of revoked holds for',
      value: Math.round(hours * 10) / 10,
      unit: 'h',
      atLeast: seconds(params.listAhead) / 3600,
      subject: id,
    });
    const { outcome } = await trust.knock(door, good);
    const value = outcome === 'admitted' ? 0 : 1;
    context.observe({ name: 'good callers refused after a withdrawal', value, unit: 'callers', is: 0, subject: id });
    return;
  }
  // Nothing here reads a list: what is stolen is good until it ends, or until the authority is changed.
  if (ttl !== undefined)
    context.observe({ name: 'life of what cannot be withdrawn', value: seconds(ttl) / 3600, unit: 'h', subject: id });
}

async function refusedEverywhere(
  { id, params }: Subject,
  context: Context,
  doors: ReturnType<typeof doorsOf>,
  caller: ClientCertificate,
  what: 'expired' | 'withdrawn',
): Promise<void> {
  const withinMs = seconds(params.refusedWithin) * 1000;
  const times = await Promise.all(
    doors.map((door) =>
      untilAnswered(context, door, caller, {
        holds: ({ outcome }) => outcome === 'refused',
        inARow: params.inARow,
        withinMs,
      }),
    ),
  );
  const open = doors.filter((_, at) => times[at] === undefined).map(({ part }) => part);
  context.observe({
    name: `${what} to refused`,
    value: Math.max(...times.map((ms) => secondsWithin(ms, withinMs))),
    unit: 's',
    atMost: withinMs / 1000,
    subject: id,
    detail:
      open.length === 0
        ? `${params.inARow} times in a row at each door`
        : `${open.join(', ')} never refused it so often in a row`,
  });
}

/** The job must fail on a certificate that nears its end, and on one that is over, and name the server; before that it had nothing to say. */
async function job(subject: Subject, { lifeSeconds }: Parameters, context: Context): Promise<void> {
  const { certificates } = context.target.trust;
  const [door] = doorsOf(subject, context.target.trust);
  if (door === undefined) return;
  const renewBefore = seconds(subject.input.declared?.renewBefore ?? '2h') * 1000;
  await show(Math.min(HOUR, renewBefore / 2));
  await found('near its end');
  const end = await show(lifeSeconds * 1000);
  await pause(Math.max(0, end - Date.now()), context.signal);
  await found('over');

  /** Has the server show a certificate of that life; when it ends. */
  async function show(lifeMs: number): Promise<number> {
    const caller = await certificates.issue();
    const { serial } = await certificates.renew(door!.part, { lifeMs });
    const end = Date.now() + lifeMs;
    const holds = ({ served }: Knock): boolean => served?.serial === serial;
    const shown = await untilAnswered(context, door!, caller, { holds, inARow: 1, withinMs: lifeMs });
    if (shown === undefined)
      throw new CannotTell(`${door!.part} did not show the short-lived certificate before its end`);
    return end;
  }

  async function found(what: string): Promise<void> {
    const { exitCode, complaints } = await certificates.runCheck();
    const complaint = complaints.find(({ part }) => part === door!.part);
    context.observe({
      name: `job fails on one that is ${what}`,
      value: exitCode !== 0 && complaint !== undefined ? 1 : 0,
      unit: '',
      is: 1,
      subject: subject.id,
      detail:
        complaint === undefined
          ? `exit status ${exitCode}, and no word of ${door!.part}`
          : `${complaint.part}: ${complaint.because}`,
    });
  }
}
