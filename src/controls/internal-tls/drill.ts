/** Comes to every internal door without TLS, without a certificate, and with wrong ones: each must be refused, and the platform's own let in. */
import { z } from 'zod';
import {
  CannotTell,
  defineDrill,
  type DrillSubject,
  type Rehearsal,
  type StepContext,
} from '../../model/drill/drill.ts';
import type { Caller, Knock, ServedCertificate, TlsDoor } from '../../model/drill/trust.ts';
import type { Params } from './check.ts';
import type { Traffic } from './input.ts';

type Subject = DrillSubject<Traffic, Params>;
type Context = StepContext<'trust'>;

interface Parameters {
  readonly attempts: number;
}

const MINUTE = 60_000;

export const drill = defineDrill({
  summary:
    'Comes to every internal server in plain text, without a certificate, with one of a foreign authority and with one that has expired, and verifies what it serves.',
  blastRadius: 'Some connections more to each server for a second; refused ones may be in its log.',
  needs: ['trust'],
  parameters: z.object({
    attempts: z.int().min(1).max(50).default(3).describe('How often each wrong caller comes to each door.'),
  }),
  plan: ({ subjects, parameters }: { readonly subjects: readonly Subject[]; readonly parameters: Parameters }) => ({
    runs: [rehearsal(subjects, parameters)],
  }),
});

function rehearsal(subjects: readonly Subject[], { attempts }: Parameters): Rehearsal<'trust'> {
  return {
    name: 'who is let in by internal servers',
    subjects: subjects.map(({ id }) => id),
    hypothesis: [
      {
        name: 'doors that refuse the platform',
        unit: 'doors',
        timeoutMs: MINUTE,
        tolerance: { atMost: 0 },
        async measure({ target }) {
          const doors = subjects.flatMap(({ id }) => target.trust.doors(id));
          if (doors.length === 0) throw new CannotTell('the target serves none of these over TLS');
          const own = await target.trust.certificates.issue();
          const knocks = await Promise.all(doors.map((door) => target.trust.knock(door, own)));
          return knocks.filter(({ outcome }) => outcome !== 'admitted').length;
        },
      },
    ],
    method: subjects.map((subject) => ({
      name: `come to ${subject.id}`,
      kind: 'measure' as const,
      timeoutMs: MINUTE,
      run: (context: Context) => visit(subject, attempts, context),
    })),
  };
}

async function visit(subject: Subject, attempts: number, context: Context): Promise<void> {
  const { trust } = context.target;
  const doors = trust.doors(subject.id);
  if (doors.length === 0) return context.leave(subject.id, 'the target runs no server of it that speaks TLS');
  const { certificates } = trust;
  const own = await certificates.issue();
  const right = await knockAll(context, doors, own, attempts);
  observe(
    context,
    subject,
    'platform callers refused',
    right.filter((one) => one.outcome !== 'admitted'),
  );
  for (const [what, caller] of await wrongCallers(subject, context)) {
    const knocks = await knockAll(context, doors, caller, attempts);
    const silent = knocks.find((one) => one.outcome === 'silent');
    if (silent !== undefined) throw new CannotTell(`${silent.part} neither admits nor refuses ${what}`);
    observe(
      context,
      subject,
      `${what} admitted`,
      knocks.filter((one) => one.outcome === 'admitted'),
    );
  }
  judgeServed(context, subject, right);
}

/** Servers whose flows are declared over TLS alone ask their clients for no certificate, and a wrong one is not looked at. */
async function wrongCallers({ input }: Subject, { target }: Context): Promise<[string, Caller][]> {
  const { certificates } = target.trust;
  const mutual = input.declared.length === 0 || input.declared.some(({ encryption }) => encryption === 'mtls');
  if (!mutual) return [['plaintext', 'plaintext']];
  return [
    ['plaintext', 'plaintext'],
    ['callers without a certificate', 'nobody'],
    ['certificates of another authority', await certificates.issue({ by: 'foreign' })],
    ['expired certificates', await certificates.issue({ lifeMs: -MINUTE })],
  ];
}

type Visit = Knock & { readonly part: string };

async function knockAll(
  { target: { trust }, signal }: Context,
  doors: readonly TlsDoor[],
  caller: Caller,
  attempts: number,
): Promise<Visit[]> {
  const visits: Visit[] = [];
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    signal.throwIfAborted();
    const knocks = await Promise.all(
      doors.map(async (door) => ({ part: door.part, ...(await trust.knock(door, caller)) })),
    );
    visits.push(...knocks);
  }
  return visits;
}

/** What clients verify: an authority that they trust, dates, and the name by which they call. */
function judgeServed(context: Context, { id, input }: Subject, visits: readonly Visit[]): void {
  const shown = visits.filter((visit): visit is Visit & { served: ServedCertificate } => visit.served !== undefined);
  const now = Date.now();
  const wrong = shown
    .filter(({ served }) => !served.trusted || served.notAfter <= now || served.notBefore > now)
    .map(({ part }) => part);
  const hosts = [...new Set(input.connections.map(({ host }) => host))].filter((host) => /[a-z]/i.test(host));
  const nameless = hosts.filter((host) => !shown.some(({ served }) => served.names.some((name) => covers(name, host))));
  context.observe({
    name: 'served certificates that do not verify',
    value: wrong.length,
    unit: 'handshakes',
    is: 0,
    subject: id,
    ...detailOf(wrong),
  });
  context.observe({ name: 'certificates looked at', value: shown.length, unit: 'handshakes', atLeast: 1, subject: id });
  context.observe({
    name: 'names that no certificate bears',
    value: nameless.length,
    unit: 'names',
    is: 0,
    subject: id,
    ...detailOf(nameless),
  });
}

/** As RFC 6125 has it: a wildcard stands for one label, the first. */
function covers(name: string, host: string): boolean {
  const [wanted, shown] = [host, name].map((text) => text.toLowerCase().replace(/\.$/, ''));
  return shown === wanted || (shown?.startsWith('*.') === true && wanted?.replace(/^[^.]+/, '*') === shown);
}

function observe(context: Context, { id }: Subject, name: string, visits: readonly Visit[]): void {
  const detail = detailOf([...new Set(visits.map(({ part, said }) => `${part} (${said})`))]);
  context.observe({ name, value: visits.length, unit: 'connections', is: 0, subject: id, ...detail });
}

function detailOf(texts: readonly string[]): { detail?: string } {
  return texts.length === 0 ? {} : { detail: texts.join(', ') };
}
