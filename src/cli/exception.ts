import type { Command } from 'commander';
import type { Exception } from '../gate/predicates.ts';
import { parseDuration } from '../model/duration.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Statement } from '../model/evidence.ts';
import { findProject } from '../app/project.ts';
import type { Io } from './io.ts';
import { whereabouts } from './recorded.ts';
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
      .option('--approve <digest>', `approve a ${kind.noun} that somebody else asked for`)
      .option('--platform <file>', 'a launchgate.yaml elsewhere')
      .option('-k, --key <name>', 'your key: a key file, or ssh-agent', 'default')
      .addHelpText('after', kind.examples)
      .action(async (control: string | undefined, flags: ExceptionFlags) => {
        const [{ act, approve, openDesk }, { demandKnownHere }, { askedBy, demandSubject }] = await Promise.all([
          import('../app/human-acts.ts'),
          import('../app/known-controls.ts'),
          import('../app/asked.ts'),
        ]);
        const project = findProject(io.cwd, undefined, flags.platform);
        const desk = await openDesk(project, io.env, flags.key);
        if (flags.approve !== undefined) {
          const { recorded } = await approve(desk, flags.approve, kind.predicateType);
          io.out(`${desk.person} approved the ${kind.noun}: ${recorded.digest}`);
          io.note(whereabouts(recorded));
          return done(0);
        }
        const exception = exceptionOf(control, flags, desk.person, io);
        await demandKnownHere(exception.control, exception.environment, project);
        if (exception.subject !== undefined) {
          const asked = await askedBy(project, exception.control, exception.environment);
          const untold = demandSubject(exception.subject, asked);
          if (untold !== undefined) io.note(untold);
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
