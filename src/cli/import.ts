import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { replaceFile } from '../adapters/replace-file.ts';
import { findProject, SPEC_FILE } from '../app/project.ts';
import { LaunchgateError } from '../model/errors.ts';
import { jsonText } from '../report/text/json.ts';
import type { Io } from './io.ts';
import { readFile } from './read-file.ts';
import type { DefineVerb } from './verbs.ts';

interface ImportFlags {
  readonly platform?: string;
  readonly write?: boolean;
  readonly format: string;
}

const EXAMPLES = `
Examples
  launchgate import docs/launch-checklist.md            what it reads, and where it would go
  launchgate import docs/*.md -f yaml                   the entries for launchgate.yaml
  launchgate import docs/*.md --write                   added to launchgate.yaml; what is there stays as it is

Reads task lists with "Done when", capability tables, trackers with Status/Owner/Target, numbered reviews. Nothing is dropped: what it
cannot place is listed with its line.

Exit status: 0 it was read, 2 it could not be, or there is nothing in it to import.`;

/** `launchgate import FILE.md …`. */
export const importVerb: DefineVerb = (command, io, done): Command =>
  command
    .argument('<files...>', 'Markdown files')
    .option('--platform <file>', 'a launchgate.yaml elsewhere')
    .option('--write', 'add the entries to launchgate.yaml')
    .addOption(new Option('-f, --format <format>', 'how to print').choices(['human', 'json', 'yaml']).default('human'))
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], flags: ImportFlags) => {
      const [
        { importMarkdown },
        { mergeIntoSpec, renderFragment, renderNewSpec },
        { renderImport },
        { catalog },
        { loadSpec },
      ] = await Promise.all([
        import('../import/import-markdown.ts'),
        import('../import/write/merge.ts'),
        import('../import/write/render.ts'),
        import('../controls/catalog.ts'),
        import('../engine/load-spec.ts'),
      ]);
      const project = findProject(io.cwd, undefined, flags.platform);
      const path = join(project.root, project.spec ?? SPEC_FILE);
      const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
      const known = catalog.map((meta) => meta.id);
      const result = importMarkdown(
        files.map((file) => ({
          path: relative(project.root, resolve(io.cwd, file)) || file,
          text: readMarkdown(file, io),
        })),
        catalog,
        before === undefined ? undefined : loadSpec(before, SPEC_FILE, known),
      );
      if (flags.format === 'json') io.out(jsonText({ apiVersion: 'launchgate/v1', kind: 'ImportResult', ...result }));
      else io.out(flags.format === 'yaml' ? renderFragment(result) : renderImport(result));
      if (result.items.length + result.tracks.length + result.roles.length === 0) {
        io.note('Nothing in it reads as an item of a checklist, a tracker or a review: there is nothing to import.');
        return done(2);
      }
      if (flags.write === true) {
        const text = before === undefined ? renderNewSpec(result) : mergeIntoSpec(before, result);
        loadSpec(text, SPEC_FILE, known);
        replaceFile(path, text);
        io.note(`wrote ${relative(io.cwd, path) || path}`);
      }
      done(0);
    });

function readMarkdown(file: string, io: Io): string {
  const bytes = readFile(file, io, 'Name the Markdown files to read.');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new LaunchgateError('input-hostile', `${file} is not valid UTF-8`, { cause, next: 'Save it as UTF-8.' });
  }
}
