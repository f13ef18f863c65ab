import { availableParallelism } from 'node:os';
import { Option, type Command } from 'commander';
import { replaceFile } from '../adapters/replace-file.ts';
import { findProject } from '../app/project.ts';
import { jsonText } from '../report/text/json.ts';
import { visible } from '../report/text/visible.ts';
import type { FsckResult } from '../ledger/fsck.ts';
import { withProgress, type ExitCode, type Io } from './io.ts';
import { outputFile } from './output-file.ts';
import type { DefineVerb } from './verbs.ts';

interface LedgerFlags {
  readonly platform?: string;
  readonly format: string;
  readonly output?: string;
  readonly signatures: boolean;
}

const EXAMPLES = `
Examples
  launchgate ledger fsck                      recompute everything, signatures included
  launchgate ledger prove sha256:… -o x.tlog-proof
  launchgate ledger checkpoint                the signed tree head, as others pin it
  launchgate ledger sequence                  take evidence files of merged branches into the log

fsck: exit status 0 sound, 1 corrupt (the files are named), 2 unreadable. sequence: 1 where a file is no evidence; all others are taken in.`;

/** `launchgate ledger fsck | prove | checkpoint | sequence`. */
export const ledger: DefineVerb = (command, io, done): Command => {
  command.addHelpText('after', EXAMPLES);
  command
    .command('fsck')
    .description('recompute the whole ledger from its files and compare')
    .option('--platform <file>', 'a launchgate.yaml elsewhere')
    .option('--no-signatures', 'do not verify the signatures of the evidence')
    .addOption(new Option('-f, --format <format>', 'how to print').choices(['human', 'json']).default('human'))
    .action(async (flags: LedgerFlags) =>
      done(await withProgress(io, 'Recomputing the ledger', () => check(flags, io))),
    );
  command
    .command('prove')
    .description('write an offline inclusion proof of an envelope')
    .argument('<digest>', 'digest of the envelope')
    .option('--platform <file>', 'a launchgate.yaml elsewhere')
    .option('-o, --output <file>', 'file to write; default: standard output')
    .action(async (digest: string, flags: LedgerFlags) => {
      await prove(digest, flags, io);
      done(0);
    });
  command
    .command('checkpoint')
    .description('print the signed checkpoint')
    .option('--platform <file>', 'a launchgate.yaml elsewhere')
    .action(async (flags: LedgerFlags) => {
      const { readLedger } = await import('../app/ledger.ts');
      const view = await readLedger(findProject(io.cwd, undefined, flags.platform), io.env);
      io.out(Buffer.from(view.reader.checkpoint.bytes).toString('utf8'));
      done(0);
    });
  command
    .command('sequence')
    .description('take evidence files that are not in the log into it; only its sequencer can')
    .option('--platform <file>', 'a launchgate.yaml elsewhere')
    .action(async (flags: LedgerFlags) => {
      const { sequenceUnlogged } = await import('../app/sequence.ts');
      const { added, refused } = await sequenceUnlogged(findProject(io.cwd, undefined, flags.platform), io.env);
      io.out(`${added.length} envelopes taken into the log`);
      for (const { path, message } of refused) io.note(`refused: ${path}: ${visible(message)}`);
      if (refused.length > 0)
        io.note('They are no evidence, and nothing rests on them: take them out of the repository, or restore them.');
      done(refused.length > 0 ? 1 : 0);
    });
  return command;
};

async function check(flags: LedgerFlags, io: Io): Promise<ExitCode> {
  const { fsckLedger } = await import('../app/fsck.ts');
  const result = await fsckLedger(findProject(io.cwd, undefined, flags.platform), io.env, {
    signatures: flags.signatures,
    threads: availableParallelism(),
  });
  if (flags.format === 'json')
    io.out(
      jsonText({
        apiVersion: 'launchgate/v1',
        kind: 'LedgerCheck',
        ...result,
        ...('checkpoint' in result
          ? { checkpoint: { origin: result.checkpoint.origin, size: result.checkpoint.size } }
          : {}),
      }),
    );
  else io.out(describe(result));
  return result.state === 'sound' ? 0 : result.state === 'corrupt' ? 1 : 2;
}

function describe(result: FsckResult): string {
  switch (result.state) {
    case 'sound':
      return [
        `sound: ${result.checkpoint.size} entries of ${result.checkpoint.origin}${signaturesOf(result)}`,
        ...strangersOf(result),
        ...(result.unlogged.length > 0
          ? [`${result.unlogged.length} evidence files are not in the log yet: launchgate ledger sequence`]
          : []),
        ...result.notes.map(visible),
      ].join('\n');
    case 'corrupt':
      return ['corrupt', ...result.problems.map(({ path, message }) => `  ${visible(path)}: ${visible(message)}`)].join(
        '\n',
      );
    case 'unreadable':
      return `unreadable: ${visible(result.reason)}${result.next === undefined ? '' : `\n${result.next}`}`;
  }
}

type Sound = Extract<FsckResult, { state: 'sound' }>;

function signaturesOf({ signaturesVerified, strangers }: Sound): string {
  if (!signaturesVerified) return ', signatures not looked at';
  return strangers.length === 0 ? ', all signatures verified' : ', all signatures of enrolled keys verified';
}

function strangersOf({ strangers: [first, ...more] }: Sound): string[] {
  if (first === undefined) return [];
  const which = more.length === 0 ? `entry ${first} is` : `entry ${first} and ${more.length} more are`;
  return [
    `${which} signed by no key that the policy ever enrolled, so nothing rests on ${more.length === 0 ? 'it' : 'them'}`,
  ];
}

async function prove(digest: string, flags: LedgerFlags, io: Io): Promise<void> {
  const output = flags.output === undefined ? undefined : outputFile(flags.output, io);
  const [{ readLedger }, { findEntry }] = await Promise.all([
    import('../app/ledger.ts'),
    import('../app/find-entry.ts'),
  ]);
  const view = await readLedger(findProject(io.cwd, undefined, flags.platform), io.env);
  const entry = findEntry(view.entries, digest);
  const proof = await view.reader.proofFile(entry.index);
  if (output === undefined) io.out(Buffer.from(proof).toString('utf8'));
  else replaceFile(output, proof);
}
