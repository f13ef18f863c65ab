import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { replaceFile } from '../adapters/replace-file.ts';
import { findProject, type Project } from '../app/project.ts';
import type { DrillReport } from '../model/drill/report.ts';
import { LaunchgateError } from '../model/errors.ts';
import { jsonText } from '../report/text/json.ts';
import { visible } from '../report/text/visible.ts';
import { drillProgress } from './drill-progress.ts';
import { showNotes, showPlans } from './drill-show.ts';
import { interruptible } from './interruptible.ts';
import type { ExitCode, Io } from './io.ts';
import { outputFile } from './output-file.ts';
import { humanOptions } from './render.ts';
import type { DefineVerb } from './verbs.ts';

interface DrillFlags {
  readonly target: string;
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly param: readonly string[];
  readonly file?: string;
  readonly platform?: string;
  readonly directory?: string;
  readonly key: string;
  readonly iMeanProduction?: boolean;
  readonly render?: boolean;
  readonly format: string;
  readonly output?: string;
  readonly verbose?: boolean;
}

const EXAMPLES = `
Examples
  launchgate drill list                            what can be drilled, and what each drill does to what
  launchgate drill run restore --dry-run           steps, blast radius and predictions; nothing is touched
  launchgate lab up && launchgate drill run restore
  launchgate drill run --all -f html --output drills.html
  launchgate drill run capacity-baseline --param perSecond=200
  launchgate drill run --file game-day.yaml        a drill of your own, or an experiment of Chaos Toolkit
  launchgate drill cleanup                         take back what a run that died has left

A drill asks whether the target is well, does what it says, takes it back, and asks again. Ctrl-C ends it at once, after everything was taken
back; a watchdog does that when the drill itself is killed.
Exit status: 0 pass, 1 fail, 2 could not tell or broke off; of several the worst, a failure first.`;

/** `launchgate drill list|run|approve|cleanup`. */
export const drill: DefineVerb = (command, io, done): Command => {
  command.addHelpText('after', EXAMPLES);
  command
    .command('list')
    .description('the drills there are: what each does to what, and its parameters')
    .argument('[drill...]', 'controls; default: all that have a drill')
    .addOption(new Option('-f, --format <format>', 'how to print').choices(['human', 'json']).default('human'))
    .action(async (ids: string[], { format }: DrillFlags) => done(await list(ids, format, io)));
  targeted(
    command
      .command('run')
      .description('run drills on a target, and make what they measure evidence')
      .argument('[drill...]', 'controls to drill; --all for every one that has a drill'),
  )
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--directory <folder>', 'folder of the lab; default: .launchgate/lab beside the spec')
    .option('--i-mean-production', 'needed beside the sign-off where the target is production')
    .addOption(
      new Option('-f, --format <format>', 'how to print the report')
        .choices(['human', 'json', 'junit', 'chaostoolkit', 'markdown', 'html'])
        .default('human'),
    )
    .option('-o, --output <file>', 'write the report there, and a summary here')
    .option('-v, --verbose', 'every step and mark, too')
    .action(async (ids: string[], flags: DrillFlags) => done(await run(ids, flags, io)));
  targeted(
    command
      .command('approve')
      .description('sign, as a person of the policy, that these drills may run on production in the next day')
      .argument('[drill...]', 'controls to drill; --all for every one that has a drill'),
  ).action(async (ids: string[], flags: DrillFlags) => done(await approve(ids, flags, io)));
  command
    .command('cleanup')
    .description('take back what a run that died has left')
    .option('--platform <file>', 'a launchgate.yaml elsewhere')
    .action(async (flags: DrillFlags) => done(await cleanup(flags, io)));
  return command;
};

function targeted(command: Command): Command {
  return command
    .option('--all', 'every drill there is')
    .option('--file <file>', 'a drill in YAML or JSON, or an experiment of Chaos Toolkit, instead of a control')
    .option('-t, --target <name>', 'lab, or an environment of the spec', 'lab')
    .option('-p, --param <name=value>', 'a parameter of the drill, see "drill list"', collect, [])
    .option('--platform <file>', 'a launchgate.yaml elsewhere')
    .option('--no-render', 'do not start kustomize or helm')
    .option('-k, --key <name>', 'key that signs: a key file, or ssh-agent', 'default');
}

async function list(ids: readonly string[], format: string, io: Io): Promise<ExitCode> {
  const [{ drillables }, { noteOf }] = await Promise.all([
    import('../app/drill/subjects.ts'),
    import('../app/drill/plan.ts'),
  ]);
  const notes = (await drillables(ids.length === 0 ? undefined : ids)).map(noteOf);
  if (format === 'json') io.out(jsonText({ apiVersion: 'launchgate/v1', kind: 'DrillList', drills: notes }));
  else io.out(showNotes(notes, humanOptions(io, ids.length > 0)));
  return 0;
}

async function run(ids: readonly string[], flags: DrillFlags, io: Io): Promise<ExitCode> {
  demandChoice(ids, flags);
  const output = flags.output === undefined ? undefined : outputFile(flags.output, io);
  const project = specProject(io, flags.platform);
  const session = await import('../app/drill/session.ts');
  const request = { ...requestOf(ids, project, flags, io), watch: drillProgress(io) };
  if (flags.dryRun === true) {
    const { drills, unasked } = await session.planAll(request);
    if (unasked !== undefined) io.note(visible(`Planned without what the lab has: ${unasked}.`));
    if (flags.format === 'json') io.out(jsonText({ apiVersion: 'launchgate/v1', kind: 'DrillPlans', drills }));
    else io.out(showPlans(drills, humanOptions(io, true)));
    return drills.some(({ broken }) => broken !== undefined) ? 2 : 0;
  }
  const report = await interruptible((signal) => session.drill({ ...request, signal }));
  await print(report, project, { ...flags, output }, io);
  return report.outcome === 'pass' ? 0 : report.outcome === 'fail' ? 1 : 2;
}

async function approve(ids: readonly string[], flags: DrillFlags, io: Io): Promise<ExitCode> {
  demandChoice(ids, flags);
  const project = specProject(io, flags.platform);
  const { approve: sign } = await import('../app/drill/session.ts');
  const [{ whereabouts }, { showSigned }] = await Promise.all([import('./recorded.ts'), import('./show-signed.ts')]);
  const params = flags.param.map(visible).join(', ');
  io.note(`Its seal stands for these drills, ${flags.target} and ${params === '' ? 'no parameters' : params}.`);
  const recorded = await sign(requestOf(ids, project, flags, io), showSigned(io));
  const what = flags.file ?? (flags.all === true ? 'every drill' : ids.join(', '));
  io.out(`Approved for the next day: ${what} on ${flags.target}; ${whereabouts(recorded)}.`);
  return 0;
}

async function cleanup({ platform }: DrillFlags, io: Io): Promise<ExitCode> {
  const { cleanUp } = await import('../app/drill/session.ts');
  const { recovered, running } = await cleanUp(findProject(io.cwd, undefined, platform));
  for (const { run: id, undo, error } of recovered)
    io.out(`${id}  ${visible(`${undo}${error === undefined ? '' : `: NOT DONE: ${error}`}`)}`);
  for (const id of running) io.note(`Run ${id} is still under way and is left alone.`);
  if (recovered.length === 0) io.note('Nothing was left to take back.');
  return recovered.every(({ error }) => error === undefined) ? 0 : 1;
}

function requestOf(ids: readonly string[], project: Project, flags: DrillFlags, io: Io) {
  return {
    project,
    env: io.env,
    cwd: io.cwd,
    ...(flags.all === true ? {} : { ids }),
    ...(flags.file === undefined ? {} : { file: resolve(io.cwd, flags.file) }),
    ...(flags.platform === undefined ? {} : { platform: flags.platform }),
    ...(flags.directory === undefined ? {} : { directory: flags.directory }),
    target: flags.target,
    parameters: readParameters(flags.param),
    key: flags.key,
    meantProduction: flags.iMeanProduction === true,
    render: flags.render !== false,
    now: () => io.now(),
  };
}

function demandChoice(ids: readonly string[], { all, file }: DrillFlags): void {
  const chosen = [ids.length > 0, all === true, file !== undefined].filter(Boolean).length;
  if (chosen === 1) return;
  throw new LaunchgateError('usage', 'expected the ids of drills, or --all, or --file', {
    next: 'Run "launchgate drill list" for the drills there are.',
  });
}

function specProject(io: Io, platform: string | undefined): Project {
  const project = findProject(io.cwd, undefined, platform);
  if (project.spec !== undefined) return project;
  throw new LaunchgateError('not-found', 'no launchgate.yaml here or in a folder above', {
    next: 'Name one with --platform; the reference platform is examples/gpu-cloud/launchgate.yaml.',
  });
}

/** How a report is asked for; `output` is the path of a file. */
type Printed = Pick<DrillFlags, 'format' | 'verbose'> & { readonly output: string | undefined };

async function print(report: DrillReport, project: Project, flags: Printed, io: Io): Promise<void> {
  const { renderDrillHuman } = await import('../report/drill/human.ts');
  const human = renderDrillHuman(report, humanOptions(io, flags.verbose === true));
  const text = flags.format === 'human' ? human : await render(report, project, flags.format);
  if (flags.output === undefined) return io.out(text);
  replaceFile(flags.output, text);
  io.out(human);
  io.note(`wrote ${flags.output}`);
}

async function render(report: DrillReport, project: Project, format: string): Promise<string> {
  switch (format) {
    case 'json':
      return (await import('../report/drill/json.ts')).renderDrillJson(report);
    case 'junit':
      return (await import('../report/drill/junit.ts')).renderDrillJunit(report);
    case 'chaostoolkit':
      return (await import('../report/drill/chaostoolkit.ts')).renderDrillJournal(report);
    case 'markdown':
      return (await import('../report/drill/markdown.ts')).renderDrillMarkdown(report);
    default: {
      const [{ renderDrillHtml }, { curvesOf }, { runsFolder }] = await Promise.all([
        import('../report/drill/html.ts'),
        import('../app/drill/curves.ts'),
        import('../app/drill/run.ts'),
      ]);
      return renderDrillHtml(report, curvesOf(report, runsFolder(project)));
    }
  }
}

function readParameters(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    values.map((value) => {
      const [, name, rest] = /^([^=\s]+)=(.*)$/s.exec(value) ?? [];
      if (name === undefined || rest === undefined)
        throw new LaunchgateError('usage', `--param ${value}: expected something like perSecond=200`);
      return [name, rest];
    }),
  );
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
