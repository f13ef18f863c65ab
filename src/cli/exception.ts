import type { Command } from 'commander';
import type { Exception } from '../gate/predicates.ts';
import { parseDuration } from '../model/duration.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Statement } from '../model/evidence.ts';
import type { Desk } from '../app/human-acts.ts';
import { findProject } from '../app/project.ts';
import { visible } from '../report/text/visible.ts';
import { deskOf } from './desk.ts';
import type { ExitCode, Io } from './io.ts';
import { opensNothing, whereabouts } from './recorded.ts';
import type { DefineVerb } from './verbs.ts';

interface ExceptionFlags {
  readonly subject?: string;
  readonly environment?: string;
  readonly reason?: string;
  readonly for: string;
  readonly approve?: string;
  readonly platform?: string;
  readonly key: string;
}

/** What `waive` and `exclude` differ in. */
export interface ExceptionKind {
  readonly noun: 'waiver' | 'exclusion';
  readonly predicateType: string;
  readonly defaultFor: string;
  readonly examples: string;
  build(exception: Exception): Statement;
}

/** A verb that asks for an exception, and with `--approve` gives a second person's signature to one. */
export function exceptionVerb(kind: ExceptionKind): DefineVerb {
  return (command, io, done): Command =>
    command
      .argument('[control]', 'the control')
      .option('-s, --subject <subject>', 'only for this subject, such as service/api; default: all of them')
      .option('-e, --environment <name>', 'environment it is for')
      .option('-r, --reason <text>', 'why, in a sentence; it is shown in every report')
      .option('--for <duration>', 'how long it lasts', kind.defaultFor)
      .option(
        '--approve <digest>',
        `approve ${kind.noun === 'waiver' ? 'a waiver' : 'an exclusion'} that somebody else asked for`,
      )
      .option('--platform <file>', 'a launchgate.yaml elsewhere')
      .option('-k, --key <name>', 'your key: a key file, or ssh-agent', 'default')
      .addHelpText('after', kind.examples)
      .action(async (control: string | undefined, flags: ExceptionFlags) => {
        const [{ act }, { demandKnownHere, demandWaivable }, { askedBy, demandSubject }] = await Promise.all([
          import('../app/human-acts.ts'),
          import('../app/known-controls.ts'),
          import('../app/asked.ts'),
        ]);
        const project = findProject(io.cwd, undefined, flags.platform);
        const desk = await deskOf(project, flags.key, io);
        if (flags.approve !== undefined) return done(await approve(desk, flags.approve, kind, control, flags, io));
        const exception = exceptionOf(control, flags, desk.person, io);
        await demandKnownHere(exception.control, exception.environment, project);
        if (kind.noun === 'waiver') await demandWaivable(exception.control, desk.trust.policy.policy);
        if (exception.subject !== undefined) {
          const asked = await askedBy(project, exception.control, exception.environment);
          const untold = demandSubject(exception.subject, asked);
          if (untold !== undefined) io.note(visible(untold));
        }
        const statement = kind.build(exception);
        const recorded = await act(desk, statement);
        const { digest } = recorded;
        const { maxDays } = desk.trust.policy.policy[`${kind.noun}s`];
        if ((parseDuration(flags.for) ?? 0) > maxDays * 86_400)
          io.note(`The policy allows ${maxDays} days at most, so the gate will refuse it: ask again for less.`);
        io.out(`${desk.person} asked for the ${kind.noun} ${digest}`);
        io.note(whereabouts(recorded));
        io.note(
          `It counts once an approver of the policy other than ${desk.person} runs: launchgate ${kind.noun === 'waiver' ? 'waive' : 'exclude'} --approve ${digest.slice(7, 23)}`,
        );
        done(0);
      });
}

/** Gives a second person's signature, and says where it opens nothing. */
async function approve(
  desk: Desk,
  digest: string,
  { noun, predicateType }: ExceptionKind,
  control: string | undefined,
  { subject, environment, reason }: ExceptionFlags,
  io: Io,
): Promise<ExitCode> {
  if ([control, subject, environment, reason].some((one) => one !== undefined))
    throw new LaunchgateError('usage', `--approve signs the ${noun} as it was asked for`, {
      next: 'Leave the control, --subject, --environment and --reason out, or ask for another one without --approve.',
    });
  const [{ act, offered }, { whyNotInForce }] = await Promise.all([
    import('../app/human-acts.ts'),
    import('../gate/exceptions.ts'),
  ]);
  const statement = offered(desk, digest, predicateType);
  const acted = await act(desk, statement);
  io.out(`${desk.person} approved the ${noun}: ${acted.digest}`);
  io.note(whereabouts(acted));
  const because = acted.refused ?? whyNotInForce(noun, statement.predicate as Exception, acted.trust, io.now());
  if (because !== undefined) io.note(opensNothing(because));
  return because === undefined ? 0 : 1;
}

/** Seconds of a hundred years: no policy allows a tenth of it. */
const LONGEST = 100 * 365 * 86_400;

function exceptionOf(control: string | undefined, flags: ExceptionFlags, requester: string, io: Io): Exception {
  if (control === undefined || flags.environment === undefined || flags.reason === undefined) {
    throw new LaunchgateError('usage', 'a control, --environment and --reason are needed', {
      next: 'See the examples under --help.',
    });
  }
  const length = parseDuration(flags.for);
  if (length === undefined)
    throw new LaunchgateError('usage', `${flags.for} is not a duration`, { next: 'Write 7d or 48h.' });
  if (length === 0 || length > LONGEST)
    throw new LaunchgateError('usage', `${flags.for} ends at once, or never`, { next: 'Write 7d or 48h.' });
  const now = io.now();
  return {
    control,
    ...(flags.subject === undefined ? {} : { subject: flags.subject }),
    environment: flags.environment,
    reason: flags.reason,
    requester,
    issuedAt: now.toISOString(),
    expires: new Date(now.getTime() + length * 1000).toISOString(),
  };
}
