import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { findProject } from '../app/project.ts';
import type { ReachSubject } from '../app/reach/read.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { ReachDiff, ReachExplanation, ReachFlows } from '../report/reach/schema.ts';
import { jsonText } from '../report/text/json.ts';
import { ansiStyle, plainStyle, type Style } from '../report/text/style.ts';
import { wantsColor, withProgress, type ExitCode, type Io } from './io.ts';
import type { DefineVerb } from './verbs.ts';

interface ReachFlags {
  readonly format: string;
  readonly environment?: string;
  readonly platform?: string;
  readonly render: boolean;
  readonly allowRemote?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly explain?: string[];
  readonly diff?: string;
  readonly limit: string;
}

const EXAMPLES = `
Examples
  launchgate reach                        what may talk to what, one line each
  launchgate reach --to shop/db           who gets to the database
  launchgate reach --from internet        what the world gets to
  launchgate reach --explain shop/web shop/db 5432
                                          why, with the very policies and rules
  launchgate reach --explain node shop/api http
                                          does the kubelet's probe pass
  launchgate reach --diff ../main         what a change opens and closes
  launchgate reach --diff declared        against the flows of launchgate.yaml: over-grants and under-grants
  launchgate reach -f svg > reach.svg     a picture

An end is namespace/name, namespace/name[Kind], namespace/ for all in it, service/namespace/name, pods/namespace/key=value for
pods that are elsewhere, an address or block, internet, node (the kubelet of the pod's own node), other-node, or anyone. Ports are those of the receiving pods.

What the standard leaves open, or the sources do not say, is unknown: listed on stderr with the reason, and in -f json.

Exit status: 2 when something could not be read. --explain: 0 allowed, 1 denied, 2 unknown. --diff: 1 when there is a difference.`;

/** `launchgate reach [PATH]`. */
export const reach: DefineVerb = (command, io, done): Command =>
  command
    .argument('[path]', 'folder or manifest; default: the nearest folder upward with a launchgate.yaml, else this one')
    .addOption(
      new Option('-f, --format <format>', 'how to print the answer')
        .choices(['human', 'json', 'dot', 'svg'])
        .default('human'),
    )
    .option('-e, --environment <name>', 'environment to look at; default: the most production-like one')
    .option('--platform <file>', 'a launchgate.yaml elsewhere')
    .option('--no-render', 'do not start kustomize or helm')
    .option('--allow-remote', 'let kustomize fetch remote bases')
    .option('--from <end>', 'only what this end may send')
    .option('--to <end>', 'only what this end may receive')
    .option('--explain <src dst port...>', 'why one connection is allowed, denied or unknown')
    .option('--diff <path>', 'against another version in a folder, or "declared": against the flows of the spec')
    .option('--limit <rows>', 'rows beyond which human, dot and svg print no map', '20000')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string | undefined, flags: ReachFlags) => done(await answer(path, flags, io)));

async function answer(path: string | undefined, flags: ReachFlags, io: Io): Promise<ExitCode> {
  demandCoherent(flags);
  // "--explain" takes three words and would take PATH for a fourth.
  const [source, destination, port, rest] = flags.explain ?? [];
  const folder = path ?? rest;
  const { readReach } = await import('../app/reach/read.ts');
  const project = findProject(io.cwd, folder, flags.platform);
  const subject = await withProgress(io, 'Reading and rendering', () => readReach(project, flags));
  if (source !== undefined && destination !== undefined && port !== undefined) {
    const { reachExplanation } = await import('../app/reach/answers.ts');
    return printExplanation(reachExplanation(subject, source, destination, port), flags, io);
  }
  if (flags.diff === 'declared') {
    const { reachFlows } = await import('../app/reach/answers.ts');
    return printFlows(reachFlows(subject), flags, io);
  }
  if (flags.diff !== undefined) {
    const other = findProject(io.cwd, resolve(io.cwd, flags.diff), undefined);
    const before = await readReach(other, flags);
    const { reachDiff } = await import('../app/reach/answers.ts');
    return printDiff(reachDiff(before, subject, flags.diff, filtersOf(flags)), flags, io);
  }
  return printMap(subject, flags, io);
}

function demandCoherent({ explain, diff, format, limit }: ReachFlags): void {
  if (explain !== undefined && (explain.length < 3 || explain.length > 4))
    throw new LaunchgateError('usage', `--explain takes SRC DST PORT, not ${explain.length} words`, {
      next: 'For example: launchgate reach --explain shop/web shop/db 5432',
    });
  if (explain !== undefined && diff !== undefined)
    throw new LaunchgateError('usage', '--explain and --diff do not go together');
  if ((explain ?? diff) !== undefined && format !== 'human' && format !== 'json')
    throw new LaunchgateError('usage', `${explain === undefined ? '--diff' : '--explain'} has no ${format} form`, {
      next: 'Use -f human or -f json.',
    });
  if (!/^\d+$/.test(limit)) throw new LaunchgateError('usage', `--limit is ${limit}, not a number of rows`);
}

function filtersOf({ from, to }: ReachFlags): { from?: string; to?: string } {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

async function printMap(subject: ReachSubject, flags: ReachFlags, io: Io): Promise<ExitCode> {
  const { reachMap } = await import('../app/reach/map.ts');
  const limit = flags.format === 'json' ? Infinity : Number(flags.limit);
  const { report, whole } = reachMap(subject, { ...filtersOf(flags), limit });
  const status: ExitCode = report.unread.length > 0 ? 2 : 0;
  if (flags.format === 'json') return printJson(report, io, status);
  const { mapNotes, mapText } = await import('../report/reach/human.ts');
  if (!whole && flags.format !== 'human')
    throw new LaunchgateError('usage', `there are more than ${limit} connections, too many to draw`, {
      next: 'Narrow them with --from or --to, or raise --limit.',
    });
  if (!whole) {
    const { isolationText } = await import('../app/reach/isolation.ts');
    io.out(isolationText(subject.reach));
    io.note(
      `More than ${limit} connections: shown is what isolates whom. Ask with --from or --to, or take all of it with -f json.`,
    );
    return status;
  }
  if (flags.format === 'dot') io.out((await import('../report/reach/dot.ts')).mapDot(report));
  else if (flags.format === 'svg') io.out((await import('../report/reach/svg.ts')).mapSvg(report));
  else if (report.rows.length > 0) io.out(mapText(report));
  for (const note of mapNotes(report, styleFor(io))) io.note(note);
  return status;
}

async function printExplanation(report: ReachExplanation, flags: ReachFlags, io: Io): Promise<ExitCode> {
  const status: ExitCode =
    report.verdict === 'allowed' ? (report.unread.length > 0 ? 2 : 0) : report.verdict === 'denied' ? 1 : 2;
  if (flags.format === 'json') return printJson(report, io, status);
  const { explanationText, headNotes } = await import('../report/reach/human.ts');
  io.out(explanationText(report, wantsColor(io) ? ansiStyle : plainStyle));
  for (const note of headNotes({ unread: report.unread, notes: [] }, styleFor(io))) io.note(note);
  return status;
}

async function printDiff(report: ReachDiff, flags: ReachFlags, io: Io): Promise<ExitCode> {
  const status: ExitCode = report.rows.length > 0 ? 1 : report.unread.length > 0 ? 2 : 0;
  if (flags.format === 'json') return printJson(report, io, status);
  const { diffText, headNotes } = await import('../report/reach/human.ts');
  if (report.rows.length > 0) io.out(diffText(report, wantsColor(io) ? ansiStyle : plainStyle));
  const count = (change: string): number => report.rows.filter((row) => row.change === change).length;
  io.note(`${count('added')} added, ${count('removed')} removed, ${count('changed')} changed against ${report.other}.`);
  for (const note of headNotes({ unread: report.unread, notes: [] }, styleFor(io))) io.note(note);
  return status;
}

async function printFlows(report: ReachFlows, flags: ReachFlags, io: Io): Promise<ExitCode> {
  const { under, over, unknown, placeless, unread } = report;
  const open = unknown.length + placeless.length + unread.length > 0;
  const status: ExitCode = under.length + over.length > 0 ? 1 : open ? 2 : 0;
  if (flags.format === 'json') return printJson(report, io, status);
  const { flowsText, headNotes } = await import('../report/reach/human.ts');
  const text = flowsText(report, wantsColor(io) ? ansiStyle : plainStyle);
  if (text !== '') io.out(text);
  io.note(
    `${under.length} under-grants, ${over.length} over-grants, ${unknown.length + placeless.length} that cannot be told.`,
  );
  for (const note of headNotes(report, styleFor(io))) io.note(note);
  return status;
}

async function printJson(report: unknown, io: Io, status: ExitCode): Promise<ExitCode> {
  const { reachReportSchema } = await import('../report/reach/schema.ts');
  io.out(`${jsonText(reachReportSchema.parse(report))}\n`);
  return status;
}

function styleFor(io: Io): Style {
  return wantsColor(io) && io.noteIsTerminal ? ansiStyle : plainStyle;
}
