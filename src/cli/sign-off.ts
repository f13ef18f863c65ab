import type { Command } from 'commander';
import { findProject } from '../app/project.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { GateDefinition } from '../model/policy.ts';
import type { Decision } from '../model/report.ts';
import { deskOf } from './desk.ts';
import { withProgress } from './io.ts';
import { candidateInWords, opensNothing, whereabouts } from './recorded.ts';
import type { DefineVerb } from './verbs.ts';

interface SignOffFlags {
  readonly gate: string;
  readonly environment?: string;
  readonly from?: string;
  readonly trustPins?: boolean;
  readonly topic: string[];
  readonly seal?: string;
  readonly comment?: string;
  readonly platform?: string;
  readonly key: string;
  readonly render: boolean;
}

const EXAMPLES = `
Examples
  launchgate gate public-launch                          shows the seal and what is still to be signed
  launchgate sign-off -g public-launch -t infrastructure -t alert-test
  launchgate sign-off -g public-launch -t everything --seal sha256:… -k ssh-agent

You sign the seal: all inputs that are not human. --seal makes sure that it is still the one you looked at.
Exit status: 0 signed, 1 refused, or signed and it opens nothing, 2 it could not be told what there is to sign.`;

/** `launchgate sign-off`. */
export const signOff: DefineVerb = (command, io, done): Command =>
  command
    .requiredOption('-g, --gate <name>', 'the gate')
    .requiredOption('-t, --topic <topic...>', 'what you answer for, such as infrastructure')
    .option('-e, --environment <name>', 'environment the gate decides for')
    .option('--from <name>', 'for promote: the environment it starts from, as the gate is asked')
    .option('--trust-pins', 'believe pinned renders where a tool is missing, as the gate is asked')
    .option('--seal <digest>', 'sign only if the inputs still have this seal')
    .option('--comment <text>', 'kept with the signature')
    .option('--platform <file>', 'a launchgate.yaml elsewhere')
    .option('-k, --key <name>', 'your key: a key file, or ssh-agent', 'default')
    .option('--no-render', 'do not start kustomize or helm')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: SignOffFlags) => {
      const [{ act }, { decideGate }, { demandCommit }, { signOffStatement }, { whyNotCounted }] = await Promise.all([
        import('../app/human-acts.ts'),
        import('../app/decide.ts'),
        import('../app/demand-commit.ts'),
        import('../gate/statements.ts'),
        import('../gate/sign-offs.ts'),
      ]);
      const project = findProject(io.cwd, undefined, flags.platform);
      const desk = await deskOf(project, flags.key, io);
      const { decision, input } = await withProgress(io, 'Checking the commit', () =>
        decideGate(project, {
          gate: flags.gate,
          ledger: desk.ledger,
          now: io.now(),
          render: flags.render,
          ...(flags.environment === undefined ? {} : { environment: flags.environment }),
          ...(flags.from === undefined ? {} : { from: flags.from }),
          ...(flags.trustPins === undefined ? {} : { trustPins: flags.trustPins }),
        }),
      );
      demandTopics(flags.topic, input.gate, decision);
      demandCommit(input, 'sign off');
      if (flags.seal !== undefined && flags.seal !== decision.seal) {
        throw new LaunchgateError('refused', `the inputs have changed: their seal is ${decision.seal} now`, {
          next: 'Look at the decision again before you sign.',
        });
      }
      io.note(candidateInWords(decision.candidate));
      const recorded = await act(desk, signOffStatement(decision, flags.topic, io.now(), flags.comment));
      io.out(
        `${desk.person} signed off ${flags.topic.join(', ')} of ${decision.gate} for candidate ${decision.candidate.digest}: ${recorded.digest}`,
      );
      io.note(whereabouts(recorded));
      const because = whyNotCounted(desk.person, flags.topic, {
        ...input,
        policy: desk.trust.policy.policy,
        versions: desk.trust.versions,
      });
      if (because.length > 0) io.note(opensNothing(because.join('; ')));
      done(because.length > 0 ? 1 : 0);
    });

/** A signature for a topic that nobody asks about counts for nothing. Controls may be topics, too. */
function demandTopics(topics: readonly string[], gate: GateDefinition, { requirements }: Decision): void {
  const asked = gate.signOffs.map(({ topic }) => topic);
  const unknown = topics.find((one) => !asked.includes(one) && !requirements.some(({ control }) => control === one));
  if (unknown === undefined) return;
  throw new LaunchgateError('usage', `gate ${gate.name} asks for no sign-off of ${unknown}`, {
    next: `Name ${asked.length === 0 ? '' : `one of ${asked.join(', ')}, or `}a control that it requires.`,
  });
}
