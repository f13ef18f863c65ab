import { isDeepStrictEqual } from 'node:util';
import { Option, type Command } from 'commander';
import type { Desk } from '../app/human-acts.ts';
import { findProject } from '../app/project.ts';
import type { BreakGlass } from '../gate/predicates.ts';
import type { Digest } from '../model/digest.ts';
import { PREDICATE } from '../model/evidence.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Policy } from '../model/policy.ts';
import { visible } from '../report/text/visible.ts';
import { deskOf } from './desk.ts';
import type { ExitCode, Io } from './io.ts';
import { candidateInWords, opensNothing, whereabouts } from './recorded.ts';
import type { DefineVerb } from './verbs.ts';

interface BreakGlassFlags {
  readonly gate: string;
  readonly environment?: string;
  readonly reason?: string;
  readonly incident?: string;
  readonly hours: string;
  readonly approve?: string;
  readonly platform?: string;
  readonly key: string;
  readonly render: boolean;
  readonly trustPins?: boolean;
}

/** A minute. */
const LEAST_HOURS = 1 / 60;

const EXAMPLES = `
Examples
  launchgate break-glass -g public-launch -r "payments are down, the fix is in this commit" --incident INC-231 --hours 2
  launchgate break-glass -g public-launch --approve 4f2a9c1be0d3a7c5

It needs the policy's quorum, ends by itself, and leaves a FAILED decision on record. A verifier lets it through only when told to.`;

/** `launchgate break-glass`. */
export const breakGlass: DefineVerb = (command, io, done): Command =>
  command
    .requiredOption('-g, --gate <name>', 'the gate')
    .option('-e, --environment <name>', 'environment the gate decides for')
    .option('-r, --reason <text>', 'why, in a sentence')
    .option('--incident <id>', 'the incident it serves')
    .addOption(new Option('--hours <n>', 'how long it lasts').default('1'))
    .option('--approve <digest>', 'add your signature to one that was opened')
    .option('--platform <file>', 'a launchgate.yaml elsewhere')
    .option('-k, --key <name>', 'your key: a key file, or ssh-agent', 'default')
    .option('--no-render', 'do not start kustomize or helm')
    .option('--trust-pins', 'believe pinned renders where a tool is missing, as the gate is asked')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: BreakGlassFlags) => {
      const { act } = await import('../app/human-acts.ts');
      const project = findProject(io.cwd, undefined, flags.platform);
      const desk = await deskOf(project, flags.key, io);
      if (flags.approve !== undefined) return done(await approve(desk, flags.approve, flags, io));
      const hours = Number(flags.hours);
      const { quorum, maxHours, approvers } = desk.trust.policy.policy.breakGlass;
      if (flags.reason === undefined || Number.isNaN(hours))
        throw new LaunchgateError('usage', '--reason is needed, and --hours as a number', {
          next: 'See the examples under --help.',
        });
      if (hours < LEAST_HOURS)
        throw new LaunchgateError('usage', `${flags.hours} hours would be over before anybody could use them`, {
          next: 'Ask for a minute at least: "--hours 0.5" is half an hour.',
        });
      if (hours > maxHours)
        throw new LaunchgateError(
          'usage',
          `${flags.hours} hours are more than the ${maxHours} that the policy allows`,
          {
            next: 'Ask for less with --hours.',
          },
        );
      const [{ decideGate }, { breakGlassStatement }] = await Promise.all([
        import('../app/decide.ts'),
        import('../gate/statements.ts'),
      ]);
      const { decision } = await decideGate(project, {
        gate: flags.gate,
        ledger: desk.ledger,
        now: io.now(),
        render: flags.render,
        ...(flags.environment === undefined ? {} : { environment: flags.environment }),
        ...(flags.trustPins === undefined ? {} : { trustPins: flags.trustPins }),
      });
      io.note(candidateInWords(decision.candidate));
      const { digest } = await act(desk, breakGlassStatement(decision, flags.reason, hours, io.now(), flags.incident));
      io.out(`${desk.person} opened break-glass ${digest} for ${decision.gate}`);
      io.note(
        `It counts once ${quorum} persons who hold ${approvers.join(' or ')} signed. The next: launchgate break-glass -g ${flags.gate} --approve ${digest.slice(7, 23)}`,
      );
      done(0);
    });

/** Adds a signature to what was opened for this gate, and says where it adds nothing to the quorum. */
async function approve(desk: Desk, digest: string, { gate, environment }: BreakGlassFlags, io: Io): Promise<ExitCode> {
  const [{ act, offered }, { breakGlassInForce, mayBreakGlass }] = await Promise.all([
    import('../app/human-acts.ts'),
    import('../gate/break-glass.ts'),
  ]);
  const statement = offered(desk, digest, PREDICATE.breakGlass);
  const opened = statement.predicate as BreakGlass;
  if (opened.gate !== gate || opened.environment !== (environment ?? opened.environment))
    throw new LaunchgateError('usage', `${digest} opens ${opened.gate} for ${opened.environment}`, {
      next: 'Name that gate, or the digest of another break-glass.',
    });
  const acted = await act(desk, statement);
  io.out(`${desk.person} approved the break-glass`);
  io.note(whereabouts(acted));
  const { policy } = acted.trust.policy;
  const scope = { name: opened.gate, environment: opened.environment };
  const own = acted.trust.evidence.filter(({ statement: { predicate } }) => isDeepStrictEqual(predicate, opened));
  const { open, refused } = breakGlassInForce(own, policy, scope, { digest: opened.candidate as Digest }, io.now());
  if (open !== undefined) {
    io.note(`It is in force until ${open.expires}.`);
    return 0;
  }
  const counts = mayBreakGlass(desk.person, policy) && io.now().getTime() < Date.parse(opened.expires);
  const why =
    acted.refused ?? (mayBreakGlass(desk.person, policy) ? refused.join('; ') : holdsNone(desk.person, policy));
  io.note(counts ? visible(refused.join('; ')) : opensNothing(why));
  return counts ? 0 : 1;
}

function holdsNone(person: string, { breakGlass: { approvers } }: Policy): string {
  return `${person} does not hold ${approvers.join(' or ')}`;
}
