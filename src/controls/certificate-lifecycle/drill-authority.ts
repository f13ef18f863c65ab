/** The authority is replaced while everything runs: both are trusted, then the new one issues, then the old one is forgotten. */
import { seconds } from '../../model/duration.ts';
import type { Measured, Rehearsal } from '../../model/drill/drill.ts';
import type { ClientCertificate, TlsDoor } from '../../model/drill/trust.ts';
import type { Spec } from '../../model/spec.ts';
import { underLoad } from '../../proofs/drilling/under-load.ts';
import { secondsWithin } from '../../proofs/drilling/wait.ts';
import { MINUTE, untilAnswered, type Context, type Needs, type Parameters, type Subject } from './drill-load.ts';

export function authorityRehearsal(subjects: readonly Subject[], parameters: Parameters, spec: Spec): Rehearsal<Needs> {
  const [first] = subjects;
  const params = first!.params;
  const load = underLoad({ spec, perSecond: parameters.perSecond, path: params.loadPath });
  const ids = subjects.map(({ id }) => id);
  let before: ClientCertificate | undefined;
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
          const caller = await trust.certificates.issue();
          const knocks = await Promise.all(trust.certificates.served.map(({ door }) => trust.knock(door, caller)));
          return knocks.filter(({ outcome }) => outcome !== 'admitted').length;
        },
      },
    ],
    method: [
      { name: 'start the load', kind: 'act', timeoutMs: MINUTE, run: load.start },
      {
        name: 'announce the new authority',
        kind: 'fault',
        timeoutMs: 5 * MINUTE,
        async run(context) {
          before = await context.target.trust.certificates.issue();
          await context.target.trust.certificates.announceAuthority();
          await admitted(context, subjects, before, 'the old authority, while the new one is announced');
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
          await admitted(context, subjects, before, 'the old authority, while both are trusted');
        },
      },
      {
        name: 'forget the old authority',
        kind: 'measure',
        timeoutMs: 5 * MINUTE,
        async run(context) {
          const { certificates } = context.target.trust;
          await certificates.retireAuthority();
          await refused(context, subjects, before);
          await admitted(context, subjects, await certificates.issue(), 'the new authority alone');
        },
      },
      { name: 'end the load', kind: 'measure', timeoutMs: MINUTE, run: (context) => load.stop(context, ids) },
    ],
  };
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
  for (const { id, params } of subjects)
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
  const { served } = context.target.trust.certificates;
  let slowest = 0;
  for (const subject of subjects) {
    const { holders } = subject.input;
    const doors: readonly TlsDoor[] = served
      .filter(({ workload }) => holders.includes(workload))
      .map(({ door }) => door);
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
