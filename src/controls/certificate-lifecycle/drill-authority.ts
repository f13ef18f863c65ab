/**
 * The authority is replaced while everything runs: both are trusted, then the new one issues, then the old one is forgotten. Callers from outside
 * are replaced once it is announced: what they trust is read when they start, and in a target without a public authority that changes as well.
 */
import { seconds } from '../../model/duration.ts';
import type { Measured, Rehearsal } from '../../model/drill/drill.ts';
import type { ClientCertificate } from '../../model/drill/trust.ts';
import type { Spec } from '../../model/spec.ts';
import { underLoad } from '../../proofs/drilling/under-load.ts';
import { secondsWithin } from '../../proofs/drilling/wait.ts';
import {
  doorsIn,
  MINUTE,
  untilAnswered,
  type Context,
  type Needs,
  type Parameters,
  type Subject,
} from './drill-load.ts';

export function authorityRehearsal(subjects: readonly Subject[], parameters: Parameters, spec: Spec): Rehearsal<Needs> {
  const wishes = { spec, perSecond: parameters.perSecond, path: subjects[0]?.params.loadPath ?? '' };
  const [before, after] = [underLoad(wishes), underLoad(wishes)];
  const ids = subjects.map(({ id }) => id);
  let caller: ClientCertificate | undefined;
  return {
    name: 'a change of the internal authority',
    subjects: ids,
    hypothesis: [
      {
        name: 'doors that refuse the platform',
        unit: 'doors',
        timeoutMs: MINUTE,
        tolerance: { atMost: 0 },
        async measure({ target: { trust } }) {
          const own = await trust.certificates.issue();
          const knocks = await Promise.all(trust.certificates.served.map(({ door }) => trust.knock(door, own)));
          return knocks.filter(({ outcome }) => outcome !== 'admitted').length;
        },
      },
    ],
    method: [
      { name: 'start the load', kind: 'act', timeoutMs: MINUTE, run: before.start },
      {
        name: 'announce the new authority',
        kind: 'fault',
        timeoutMs: 5 * MINUTE,
        async run(context) {
          caller = await context.target.trust.certificates.issue();
          await context.target.trust.certificates.announceAuthority();
          await admitted(context, subjects, caller, 'the old authority, while the new one is announced');
        },
      },
      {
        name: 'have other callers take over',
        kind: 'act',
        timeoutMs: MINUTE,
        async run(context) {
          await after.start(context);
          await before.stop(context, served(context, subjects));
        },
      },
      {
        name: 'issue from the new authority',
        kind: 'measure',
        timeoutMs: 5 * MINUTE,
        async run(context) {
          const { certificates } = context.target.trust;
          await certificates.changeAuthority();
          await admitted(context, subjects, await certificates.issue(), 'the new authority');
          await admitted(context, subjects, caller, 'the old authority, while both are trusted');
        },
      },
      {
        name: 'forget the old authority',
        kind: 'measure',
        timeoutMs: 5 * MINUTE,
        async run(context) {
          const { certificates } = context.target.trust;
          await certificates.retireAuthority();
          await refused(context, subjects, caller);
          await admitted(context, subjects, await certificates.issue(), 'the new authority alone');
        },
      },
      {
        name: 'end the load',
        kind: 'measure',
        timeoutMs: MINUTE,
        run: (context) => after.stop(context, served(context, subjects)),
      },
    ],
  };
}

/** Those whose certificates the target serves: of the others it shows nothing. */
function served({ target }: Context, subjects: readonly Subject[]): string[] {
  return subjects.filter((subject) => doorsIn(subject, target.trust).length > 0).map(({ id }) => id);
}

/** Within the time in which a server takes in what was mounted, and so many times in a row. */
async function admitted(
  context: Context,
  subjects: readonly Subject[],
  caller: ClientCertificate | undefined,
  whose: string,
): Promise<void> {
  await atEachDoor(context, subjects, caller, 'admitted', (subject, out) => ({
    name: `servers that refuse a caller of ${whose}`,
    value: out.length,
    unit: 'servers',
    is: 0,
    subject: subject.id,
    ...(out.length === 0 ? {} : { detail: out.join(', ') }),
  }));
}

async function refused(
  context: Context,
  subjects: readonly Subject[],
  caller: ClientCertificate | undefined,
): Promise<void> {
  const slowest = await atEachDoor(context, subjects, caller, 'refused', (subject, out) => ({
    name: 'servers that admit the old authority after its end',
    value: out.length,
    unit: 'servers',
    is: 0,
    subject: subject.id,
    ...(out.length === 0 ? {} : { detail: out.join(', ') }),
  }));
  for (const { id, params } of subjects.filter((subject) => doorsIn(subject, context.target.trust).length > 0))
    context.observe({
      name: 'old authority forgotten to refused',
      value: slowest,
      unit: 's',
      atMost: seconds(params.servedWithin),
      subject: id,
    });
}

/** Seconds that the slowest door took. */
async function atEachDoor(
  context: Context,
  subjects: readonly Subject[],
  caller: ClientCertificate | undefined,
  wanted: 'admitted' | 'refused',
  told: (subject: Subject, out: readonly string[]) => Measured,
): Promise<number> {
  if (caller === undefined) throw new TypeError('no caller was issued before');
  let slowest = 0;
  for (const subject of subjects) {
    const doors = doorsIn(subject, context.target.trust);
    if (doors.length === 0) continue;
    const withinMs = seconds(subject.params.servedWithin) * 1000;
    const { inARow } = subject.params;
    const times = await Promise.all(
      doors.map((door) =>
        untilAnswered(context, door, caller, { holds: ({ outcome }) => outcome === wanted, inARow, withinMs }),
      ),
    );
    slowest = Math.max(slowest, ...times.map((ms) => secondsWithin(ms, withinMs)));
    context.observe(
      told(
        subject,
        doors.filter((_, at) => times[at] === undefined).map(({ part }) => part),
      ),
    );
  }
  return slowest;
}
