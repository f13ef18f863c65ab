import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { replaceFile } from '../adapters/replace-file.ts';
import { checkProject } from '../app/check.ts';
import { findProject } from '../app/project.ts';
import { exitStatus } from '../engine/exit-status.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { CheckReport, CheckRow } from '../model/report.ts';
import type { Severity } from '../model/result.ts';
import { renderFor } from './render.ts';
import { withProgress, type Io } from './io.ts';
import { readJson } from './read-file.ts';
import type { DefineVerb } from './verbs.ts';

const FILE_FORMATS = ['json', 'sarif', 'junit', 'markdown', 'html'];

interface CheckFlags {
  readonly format: string;
  readonly environment?: string;
  readonly platform?: string;
  readonly render: boolean;
  readonly allowRemote?: boolean;
  readonly control?: string[];
  readonly failOn: Severity;
  readonly baseline?: string;
  readonly report: readonly ReportFile[];
  readonly verbose?: boolean;
}

/** A report that is written beside the answer. */
interface ReportFile {
  readonly format: string;
  readonly file: string;
}

const EXAMPLES = `
Examples
  launchgate check                       this repository, with its launchgate.yaml if it has one
  launchgate check deploy/ --verbose     another folder, passes included
  launchgate check -f sarif > out.sarif  for code scanning
  launchgate check --report sarif=out.sarif --report html=report.html
                                         shown here, and written in other formats, judged once
  launchgate check -f json > base.json && launchgate check --baseline base.json
                                         later, only what is new decides

Exit status: 1 when something fails, else 2 when something could not be told, else 0.`;

/** `launchgate check [PATH]`. */
export const check: DefineVerb = (command, io, done): Command =>
  command
    .argument('[path]', 'folder or manifest; default: the nearest folder upward with a launchgate.yaml, else this one')
    .addOption(
      new Option('-f, --format <format>', 'how to print the answer')
        .choices(['human', ...FILE_FORMATS])
        .default('human'),
    )
    .option('-e, --environment <name>', 'environment to judge; default: the most production-like one')
    .option('--platform <file>', 'a launchgate.yaml elsewhere')
    .option('--no-render', 'do not start kustomize or helm')
    .option('--allow-remote', 'let kustomize fetch remote bases')
    .option('-c, --control <id...>', 'only these controls')
    .addOption(
      new Option('--fail-on <severity>', 'lowest severity that makes the exit status 1')
        .choices(['critical', 'high', 'medium', 'low'])
        .default('low'),
    )
    .option('--baseline <file>', 'a JSON report of earlier: what it holds is shown apart and does not decide')
    .option(
      '--report <format=file>',
      'write the answer in another format to a file as well; may be repeated',
      addReport,
      [],
    )
    .option('-v, --verbose', 'show what holds, with its numbers')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string | undefined, flags: CheckFlags) => {
      const project = findProject(io.cwd, path, flags.platform);
      const checked = await withProgress(io, 'Reading and rendering', () =>
        checkProject(project, {
          today: io.now().toISOString().slice(0, 10),
          render: flags.render,
          ...(flags.environment === undefined ? {} : { environment: flags.environment }),
          ...(flags.allowRemote === undefined ? {} : { allowRemote: flags.allowRemote }),
          ...(flags.control === undefined ? {} : { controls: flags.control }),
          ...(flags.baseline === undefined ? {} : { baseline: readBaseline(flags.baseline, io) }),
        }),
      );
      for (const { format, file } of flags.report) {
        const text = await renderFor(format, checked, io, flags.verbose === true);
        writeReport(file, text.endsWith('\n') ? text : `${text}\n`, io);
      }
      io.out(await renderFor(flags.format, checked, io, flags.verbose === true));
      done(exitStatus(checked.report, flags.failOn));
    });

function addReport(written: string, earlier: readonly ReportFile[]): ReportFile[] {
  const [, format = '', file = ''] = /^([^=]*)=(.+)$/s.exec(written) ?? [];
  if (FILE_FORMATS.includes(format)) return [...earlier, { format, file }];
  throw new InvalidArgumentError(`Expected FORMAT=FILE with one of ${FILE_FORMATS.join(', ')}, as in sarif=out.sarif.`);
}

function writeReport(file: string, text: string, io: Io): void {
  try {
    replaceFile(resolve(io.cwd, file), text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LaunchgateError('usage', `the report ${file} could not be written: ${why}`, {
      next: 'Name a file in a folder that is there and may be written to.',
      cause,
    });
  }
}

function readBaseline(path: string, io: Io): readonly CheckRow[] {
  const next = 'Write one with "launchgate check -f json > FILE".';
  const report = readJson(path, io, { expected: 'a JSON report', next }) as Partial<CheckReport> | null;
  if (report?.kind !== 'CheckReport' || !Array.isArray(report.findings))
    throw new LaunchgateError('usage', `${path} is not a CheckReport`, { next });
  const broken = report.findings.findIndex((row) => !isRow(row));
  if (broken >= 0)
    throw new LaunchgateError('usage', `${path}: findings[${broken}] is no row of a CheckReport`, {
      next: 'Write it anew with "launchgate check -f json > FILE".',
    });
  return report.findings;
}

/** Whether it has what a row is known by. */
function isRow(row: unknown): row is CheckRow {
  if (typeof row !== 'object' || row === null) return false;
  const { control, subject, outcome, message, location } = row as Readonly<Record<string, unknown>>;
  return (
    [control, subject, outcome, message].every((member) => typeof member === 'string') &&
    (location === undefined || (typeof location === 'object' && location !== null && 'path' in location))
  );
}
