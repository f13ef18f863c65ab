/** Exercises emergency access from the first word to its end: asked, granted by a quorum, used, over by itself, and all of it in the audit trail. */
import { z } from 'zod';
import { seconds } from '../../model/duration.ts';
import {
  CannotTell,
  defineDrill,
  type DrillSubject,
  type Rehearsal,
  type StepContext,
} from '../../model/drill/drill.ts';
import type { AccessRequest, TrailEntry } from '../../model/drill/emergency.ts';
import { pause } from '../../model/drill/until.ts';
import { secondsWithin, untilSteady } from '../../proofs/drilling/wait.ts';
import type { EmergencyAccess, Params } from './check.ts';

type Subject = DrillSubject<EmergencyAccess, Params>;
type Context = StepContext<'emergency'>;

interface Parameters {
  readonly lifeSeconds: number;
}

const MINUTE = 60_000;
/** Clocks tick in seconds, and the last question may have been under way. */
const OVERDUE_MS = 5000;
const REFUSALS = 5;

export const drill = defineDrill({
  summary:
    'Asks for emergency access, has it granted by a quorum, uses it for one harmless read, waits for its end, and reads the audit trail.',
  blastRadius: 'One grant of some seconds and one read; its lines stay in the audit trail, as they must.',
  needs: ['emergency'],
  parameters: z.object({
    lifeSeconds: z
      .int()
      .min(2)
      .max(3600)
      .default(5)
      .describe('Life of the grant: a drill does not wait for the hours of a real one.'),
  }),
  plan: ({ subjects, parameters }: { readonly subjects: readonly Subject[]; readonly parameters: Parameters }) => ({
    runs: subjects.map((subject) => rehearsal(subject, parameters)),
  }),
});

function rehearsal(subject: Subject, { lifeSeconds }: Parameters): Rehearsal<'emergency'> {
  const { id } = subject;
  return {
    name: 'an emergency',
    subjects: [id],
    hypothesis: [
      {
        name: 'people who may grant',
        unit: 'people',
        timeoutMs: MINUTE,
        tolerance: { atLeast: 1 + (subject.input.declared?.quorum ?? subject.params.quorum) },
        measure: ({ target }) => Promise.resolve(target.emergency.people.length),
      },
    ],
    method: [
      {
        name: 'from the request to its end',
        kind: 'fault',
        timeoutMs: 5 * MINUTE,
        run: (context) => exercise(subject, lifeSeconds, context),
      },
    ],
    predictions: [{ name: 'granted to over', value: lifeSeconds, unit: 's', because: 'the life that was asked for' }],
  };
}

async function exercise({ input, params }: Subject, lifeSeconds: number, context: Context): Promise<void> {
  const { emergency } = context.target;
  const { declared } = input;
  if (declared === undefined) throw new CannotTell('the spec describes no emergency access');
  if (emergency.standIn !== undefined) context.say(`in place of the platform's own path: ${emergency.standIn}`);
  if (lifeSeconds > seconds(declared.expiresAfter))
    throw new CannotTell(`a grant lives for ${declared.expiresAfter} at most`);
  const [asker = '', ...others] = emergency.people;
  const request = await emergency.ask(asker, 'a drill of emergency access', lifeSeconds);
  const approvers = await beforeQuorum(request, asker, others, Math.max(declared.quorum, params.quorum), context);
  const granted = context.now();
  context.mark('granted');
  const used = await emergency.use(request);
  context.observe({ name: 'uses let in while granted', value: used === 'let in' ? 1 : 0, unit: 'uses', is: 1 });
  await overByItself(request, granted, lifeSeconds, context);
  await inTheTrail(request, asker, approvers, context);
}

/** Nobody comes in before enough others have agreed, and nobody agrees with himself or twice. Answers who has agreed. */
async function beforeQuorum(
  request: AccessRequest,
  asker: string,
  others: readonly string[],
  quorum: number,
  context: Context,
): Promise<readonly string[]> {
  const { emergency } = context.target;
  const early: string[] = [];
  if ((await emergency.approve(request, asker)) !== 'refused') early.push('whoever asked may approve');
  const agreed: string[] = [];
  for (const person of others.slice(0, quorum)) {
    if ((await emergency.use(request)) === 'let in') early.push(`let in after ${agreed.length} approvals`);
    const outcome = await emergency.approve(request, person);
    if (outcome !== 'refused') agreed.push(person);
    if (outcome === 'granted' && agreed.length < quorum) early.push(`granted after ${agreed.length} approvals`);
    if (outcome === 'counted' && (await emergency.approve(request, person)) !== 'refused')
      early.push(`${person} may approve twice`);
    if (outcome === 'granted') break;
  }
  context.observe({ name: 'approvals until granted', value: agreed.length, unit: 'people', atLeast: quorum });
  context.observe({
    name: 'ways in before the quorum',
    value: early.length,
    unit: 'ways',
    is: 0,
    ...(early.length === 0 ? {} : { detail: early.join('; ') }),
  });
  return agreed;
}

async function overByItself(
  request: AccessRequest,
  granted: number,
  lifeSeconds: number,
  context: Context,
): Promise<void> {
  const { emergency } = context.target;
  await pause(Math.max(0, lifeSeconds * 1000 - (context.now() - granted)), context.signal);
  const waited = await untilSteady(async () => (await emergency.use(request)) === 'refused', {
    inARow: REFUSALS,
    withinMs: OVERDUE_MS,
    signal: context.signal,
    pauseMs: 200,
  });
  context.mark('over');
  context.observe({
    name: 'granted to over',
    value: lifeSeconds + secondsWithin(waited, OVERDUE_MS),
    unit: 's',
    atMost: lifeSeconds + OVERDUE_MS / 1000,
    ...(waited === undefined ? { detail: 'it is still let in' } : {}),
  });
}

async function inTheTrail(
  request: AccessRequest,
  asker: string,
  approvers: readonly string[],
  context: Context,
): Promise<void> {
  const { whole, entries } = await context.target.emergency.trail(request);
  context.keep('trail', entries);
  const done = (action: TrailEntry['action'], by: string): boolean =>
    entries.some((entry) => entry.action === action && entry.actor === by);
  const missing = new Set([
    ...(['granted', 'refused'] as const)
      .filter((action) => !entries.some((entry) => entry.action === action))
      .map((action) => `that anything was ${action}`),
    ...(['asked', 'used'] as const).filter((action) => !done(action, asker)).map((action) => `that ${asker} ${action}`),
    ...approvers.filter((person) => !done('approved', person)).map((person) => `that ${person} approved`),
    ...entries
      .filter(({ actor, action }) => actor === '' || (action === 'used' && actor !== asker))
      .map(({ action, actor }) => `who ${action}${actor === '' ? '' : `: it says ${actor}`}`),
  ]);
  context.observe({
    name: 'what the audit trail does not tell',
    value: missing.size,
    unit: 'events',
    is: 0,
    ...(missing.size === 0 ? {} : { detail: [...missing].join('; ') }),
  });
  context.observe({ name: 'the audit trail is whole', value: whole ? 1 : 0, unit: '', is: 1 });
}
