import { existsSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { findProject, SPEC_FILE } from '../app/project.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { Gap } from '../model/platform.ts';
import { visible } from '../report/text/visible.ts';
import { withProgress, type Io } from './io.ts';
import type { DefineVerb } from './verbs.ts';

interface InitFlags {
  readonly person?: string;
  readonly name?: string;
  readonly email?: string;
  readonly key: string;
  readonly render: boolean;
  readonly policy: boolean;
}

const EXAMPLES = `
Examples
  launchgate init                          launchgate.yaml from what is found, a first policy and ledger, keys in your home
  launchgate init --no-policy              the spec only
  launchgate init --person ana -k ssh-agent

The policy's root and the log's key are pinned in your home, outside of the repository. The ledger lies in .launchgate/.`;

/** `launchgate init [PATH]`. */
export const init: DefineVerb = (command, io, done): Command =>
  command
    .argument('[path]', 'folder; default: where launchgate.yaml is, else this one')
    .option('--person <id>', 'your id in the policy; default: from git')
    .option('--name <name>', 'your name; default: from git')
    .option('--email <email>', 'your email, by which commits of yours are recognised; default: from git')
    .option('-k, --key <name>', 'your key: a key file (made at first use), or ssh-agent', 'default')
    .option('--no-render', 'do not start kustomize or helm')
    .option('--no-policy', 'write the spec only')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string | undefined, flags: InitFlags) => {
      const project = findProject(io.cwd, path, undefined);
      if (project.only !== undefined)
        throw new LaunchgateError('usage', `${path} is a file, and a description is of a folder`, {
          next: 'Name the folder, or leave it away for this one.',
        });
      const [{ openProject }, { readSpec }, { writeSpec }, { demandFounder, found }] = await Promise.all([
        import('../app/check.ts'),
        import('../app/read-spec.ts'),
        import('../app/write-spec.ts'),
        import('../app/found.ts'),
      ]);
      if (flags.policy) demandFounder(flags);
      const { root, spec = SPEC_FILE } = project;
      const target = join(root, spec);
      if (existsSync(target)) {
        // A policy is named after the platform, for good: a spec that cannot be read names none.
        await readSpec(openProject(project), { ...project, spec });
        io.note(`${relative(io.cwd, target)} is there already and stays as it is.`);
      } else {
        const { text, unread } = await withProgress(io, 'Reading and rendering', () =>
          writeSpec(project, flags.render),
        );
        writeFileSync(target, text, { flag: 'wx' });
        io.out(`wrote ${relative(io.cwd, target)}`);
        tellUnread(unread, relative(io.cwd, target), io);
      }
      if (flags.policy) for (const line of await found({ ...project, spec }, io.env, flags)) io.out(line);
      io.note('Next: correct launchgate.yaml, then "launchgate check" and "launchgate gate public-launch".');
      done(0);
    });

/** Says what the spec is silent about, once for each cause. */
function tellUnread(unread: readonly Gap[], written: string, io: Io): void {
  for (const [why, gaps] of Map.groupBy(unread, ({ reason, fix }) => `${reason}. ${fix}`)) {
    // Once for each environment that renders it.
    const [first, ...others] = new Set(gaps.map(({ path }) => path));
    const [sources, hold] =
      others.length === 0 ? [first, 'it holds'] : [`${first} and ${others.length} more`, 'they hold'];
    io.note(visible(`${sources} could not be read, and what ${hold} is not described: ${why}`));
  }
  if (unread.length > 0)
    io.note(`Mend that, delete ${written} and run "launchgate init" again, or describe by hand what is missing.`);
}
