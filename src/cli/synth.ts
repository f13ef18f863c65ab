import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Option, type Command } from 'commander';
import { replaceFile } from '../adapters/replace-file.ts';
import { synthesize } from '../app/synth.ts';
import { findProject, type Project } from '../app/project.ts';
import type { Foreseen, PatchProof } from '../app/prove-patches.ts';
import { jsonText } from '../report/text/json.ts';
import { visible, visibleLines } from '../report/text/visible.ts';
import { withProgress, type ExitCode, type Io } from './io.ts';
import { unifiedDiff } from './diff.ts';
import type { DefineVerb } from './verbs.ts';

interface SynthFlags {
  readonly environment?: string;
  readonly platform?: string;
  readonly control?: string[];
  readonly write?: boolean;
  readonly render: boolean;
  readonly format: string;
  readonly drillJobs?: string;
  readonly image: string;
  readonly namespace: string;
}

const EXAMPLES = `
Examples
  launchgate synth                         what would be written, as a diff
  launchgate synth -c disruption-budget --write
  launchgate synth > mend.patch && git apply mend.patch
  launchgate synth --drill-jobs ops/drills.yaml -e staging --image registry.example/drills@sha256:… --write
                                           the drill calendar as CronJobs

The patches are made in a copy first, which is rendered and judged: what they mend, and what fails only with them, is told.

Exit status: 0 when there is nothing to write, or all was written and holds, 1 when patches are waiting, some are to be made by hand, or something
fails with them, 2 when it could not tell, as where a source could not be read.`;

/** `launchgate synth [PATH]`. */
export const synth: DefineVerb = (command, io, done): Command =>
  command
    .argument('[path]', 'folder; default: the nearest folder upward with a launchgate.yaml, else this one')
    .option('-e, --environment <name>', 'environment to mend; default: the most production-like one')
    .option('--platform <file>', 'a launchgate.yaml elsewhere')
    .option('-c, --control <id...>', 'only patches of these controls')
    .option('--no-render', 'do not start kustomize or helm')
    .option('--write', 'change the files instead of printing a diff')
    .addOption(new Option('-f, --format <format>', 'how to print').choices(['diff', 'json']).default('diff'))
    .option('--drill-jobs <file>', 'instead of patches: the drill calendar as CronJobs and a Job, in this file')
    .option(
      '--image <reference>',
      'for --drill-jobs: the image that holds launchgate and the repository',
      'launchgate-drills',
    )
    .option('--namespace <name>', 'for --drill-jobs: where they run', 'launchgate')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string | undefined, flags: SynthFlags) => {
      const project = findProject(io.cwd, path, flags.platform);
      if (flags.drillJobs !== undefined) return done(await drillJobsFile(project, flags.drillJobs, flags, io));
      const synthesis = await withProgress(io, 'Reading and rendering', () =>
        synthesize(project, {
          render: flags.render,
          ...(flags.environment === undefined ? {} : { environment: flags.environment }),
          ...(flags.control === undefined ? {} : { controls: flags.control }),
        }),
      );
      const { patches, files, refused, withheld, proof, unread, elsewhere } = synthesis;
      const asJson = flags.format === 'json' && flags.write !== true;
      if (asJson) io.out(jsonText({ apiVersion: 'launchgate/v1', kind: 'PatchList', ...synthesis }));
      for (const { control, subject, reason } of refused)
        io.note(visible(`${control} ${subject}: no patch, ${reason}`));
      for (const { control, subject, reason } of withheld)
        io.note(visible(`${control} ${subject}: to be done by hand, ${reason}`));
      for (const { path, reason } of unread)
        io.note(visible(`${path} could not be read, and nothing is written for it: ${reason}`));
      for (const { path, environments } of elsewhere)
        io.note(visible(`${path} is part of ${environments.join(', ')} too, for which the patches are not judged`));
      const whole = unread.length === 0;
      if (patches.length === 0) {
        io.note('There is nothing that could be written.');
        return done(!whole || refused.length > 0 ? 2 : withheld.length > 0 ? 1 : 0);
      }
      if (proof !== undefined) tell(proof, io);
      if (flags.write === true) {
        write(project.root, files, io);
        return done(refused.length + withheld.length > 0 ? 1 : statusOf(proof, whole));
      }
      if (!asJson)
        for (const [file, content] of Object.entries(files))
          io.out(shown(unifiedDiff(file, before(project.root, file), content), io));
      done(1);
    });

/** The patches were made in a copy, which was rendered and judged. */
function tell({ mended, unmended, untold, broken }: PatchProof, io: Io): void {
  const all = mended.length + unmended.length + untold.length;
  io.note(`Rendered and judged again with these patches: ${mended.length} of ${all} that they are for hold.`);
  const each = (what: string, those: readonly Foreseen[]): void => {
    for (const { control, subject, message } of those) io.note(visible(`${control} ${subject} ${what}: ${message}`));
  };
  each('fails still', unmended);
  each('could not be told', untold);
  each('fails only with them', broken);
}

function statusOf(proof: PatchProof | undefined, whole: boolean): ExitCode {
  if (proof === undefined || !whole) return 2;
  if (proof.unmended.length + proof.broken.length > 0) return 1;
  return proof.untold.length > 0 ? 2 : 0;
}

async function drillJobsFile(project: Project, file: string, flags: SynthFlags, io: Io): Promise<ExitCode> {
  const { synthesizeDrillJobs } = await import('../app/synth-drills.ts');
  const { environment, image, namespace } = flags;
  const content = await synthesizeDrillJobs(project, io.env, {
    image,
    namespace,
    ...(environment === undefined ? {} : { environment }),
  });
  const old = before(project.root, file);
  if (old === content) {
    io.note(`${file} is as it should be.`);
    return 0;
  }
  if (flags.write === true) {
    write(project.root, { [file]: content }, io);
    return 0;
  }
  io.out(shown(unifiedDiff(file, old, content), io));
  return 1;
}

/** A patch as it is for programs; a terminal is shown what it would else obey. */
function shown(diff: string, { outIsTerminal }: Io): string {
  return outIsTerminal ? diff.split('\t').map(visibleLines).join('\t') : diff;
}

function before(root: string, file: string): string | undefined {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function write(root: string, files: Readonly<Record<string, string>>, io: Io): void {
  for (const [file, content] of Object.entries(files)) {
    const path = join(root, file);
    mkdirSync(dirname(path), { recursive: true });
    replaceFile(path, content);
    io.note(`wrote ${visible(file)}`);
  }
}
