import { Option, type Command } from 'commander';
import { replaceFile } from '../adapters/replace-file.ts';
import { findProject } from '../app/project.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Candidate } from '../model/report.ts';
import { visible } from '../report/text/visible.ts';
import { withProgress, type Io } from './io.ts';
import { outputFile } from './output-file.ts';
import { readJson } from './read-file.ts';
import { renderDecisionFor } from './render-decision.ts';
import type { DefineVerb } from './verbs.ts';

interface GateFlags {
  readonly environment?: string;
  readonly from?: string;
  readonly platform?: string;
  readonly candidate?: string;
  readonly at?: string;
  readonly output?: string;
  readonly key: string;
  readonly format: string;
  readonly render: boolean;
  readonly trustPins?: boolean;
  readonly verbose?: boolean;
}

const EXAMPLES = `
Examples
  launchgate gate public-launch --environment staging
  launchgate gate promote --from staging --environment production
  launchgate gate public-launch --output decision.dsse.json   writes the signed summary
  launchgate gate public-launch --at 2026-11-01T09:00:00Z     what it said then; printed, never signed

The gate decides about the commit that is checked out. Exit status: 0 GO, 1 NO-GO, 2 it could not decide.`;

/** `launchgate gate NAME`. */
export const gate: DefineVerb = (command, io, done): Command =>
  command
    .argument('<name>', 'public-launch, promote, terminal-cutover, lab-rehearsal, or a gate of the policy')
    .option('-e, --environment <name>', 'environment it decides for; default: what the policy says, else production')
    .option('--from <name>', 'for promote: the environment it starts from')
    .option('--platform <file>', 'a launchgate.yaml elsewhere')
    .option('--candidate <file>', 'decide only if the candidate is exactly this one (JSON, as "gate -f json" names it)')
    .option('--at <time>', 'replay the decision as of a time (RFC 3339)')
    .option('-o, --output <file>', 'write the signed Verification Summary')
    .option('-k, --key <name>', 'key that signs the summary: a key file, or ssh-agent', 'default')
    .option('--no-render', 'do not start kustomize or helm')
    .option(
      '--trust-pins',
      'believe pinned renders where a tool is missing; whoever writes the sources writes these too',
    )
    .addOption(
      new Option('-f, --format <format>', 'how to print')
        .choices(['human', 'json', 'junit', 'markdown', 'html'])
        .default('human'),
    )
    .option('-v, --verbose', 'list what is satisfied, too')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, flags: GateFlags) => {
      const project = findProject(io.cwd, undefined, flags.platform);
      const output = flags.output === undefined ? undefined : outputFile(flags.output, io);
      const [{ decideGate }, { readLedger }] = await Promise.all([
        import('../app/decide.ts'),
        import('../app/ledger.ts'),
      ]);
      const decided = await withProgress(io, 'Reading the ledger, rendering and checking the commit', async () =>
        decideGate(project, {
          gate: name,
          ledger: await readLedger(project, io.env),
          now: io.now(),
          render: flags.render,
          ...(flags.trustPins === undefined ? {} : { trustPins: flags.trustPins }),
          ...(flags.environment === undefined ? {} : { environment: flags.environment }),
          ...(flags.from === undefined ? {} : { from: flags.from }),
          ...(flags.at === undefined ? {} : { at: flags.at }),
          ...(flags.candidate === undefined ? {} : { expected: readCandidate(flags.candidate, io) }),
        }),
      );
      if (output !== undefined) {
        const { signDecision } = await import('../app/sign-decision.ts');
        const signed = await signDecision(project, io.env, decided, flags.key);
        replaceFile(output, signed.bytes);
        io.note(`wrote ${flags.output}`);
        if (signed.unauthorised !== undefined)
          io.note(
            visible(`The log does not take it for a decision: ${signed.unauthorised}. Name another key with --key.`),
          );
      }
      io.out(await renderDecisionFor(flags.format, decided, project, io, flags.verbose === true));
      done(decided.decision.verdict === 'GO' ? 0 : 1);
    });

/** The candidate of a decision, or a candidate alone. */
function readCandidate(path: string, io: Io): Candidate {
  const next = 'Write one with "launchgate gate NAME -f json".';
  const parsed = readJson(path, io, { expected: 'a candidate', next }) as
    | ({ candidate?: Candidate } & Candidate)
    | null;
  const candidate = parsed?.candidate ?? parsed;
  if (typeof candidate?.digest === 'string') return candidate;
  throw new LaunchgateError('usage', `${path} names no candidate digest`, { next });
}
