import { Option, type Command } from 'commander';
import type { LabEvent, UpReport } from '../drills/lab/up.ts';
import type { PartStatus } from '../drills/lab/status.ts';
import { LaunchgateError } from '../model/errors.ts';
import { interruptible, tellingInterrupts } from './interruptible.ts';
import { showDown, showInterrupted, showStatus, showUp, toJson } from './lab-show.ts';
import type { ExitCode, Io } from './io.ts';
import type { DefineVerb } from './verbs.ts';

interface LabFlags {
  readonly platform?: string;
  readonly directory?: string;
  readonly format: string;
  readonly replicas: readonly string[];
  readonly off: readonly string[];
  readonly keep?: boolean;
  readonly segmented?: boolean;
  readonly follow?: boolean;
  readonly lines: string;
}

const EXAMPLES = `
Examples
  launchgate lab up
  launchgate lab up --replicas api=2 --replicas terminal-gateway=3
  launchgate lab up --off api=drain,readiness
                                  without these parts of the kit, to see a drill notice
  launchgate lab status -f json   part, pid, ports, uptime, restarts
  launchgate lab logs api-1 --follow
  launchgate lab restart terminal-gateway-1
  launchgate lab down             ends every process, removes every file

The lab is the reference platform as processes of this machine: real servers from Debian's packages (tools/setup installs them) over TLS, and
the services that come with Launchgate. From the spec it takes which of them, and how many: as many as their quorum. No command of the
checked repository is ever run. What of the spec it cannot run is listed with the reason.

Exit status. up: 0 all ready, 1 refused (a lab is up already, nothing that it could run), 2 a part did not start. status: 0 all ready, 1 a
part is not, 2 there is no lab. down: 0 nothing is left, 1 something is. An interrupted down says what is left.`;

/** `launchgate lab up | status | logs | restart | down`. */
export const lab: DefineVerb = (command, io, done): Command => {
  command.addHelpText('after', EXAMPLES);
  placed(command.command('up').description('start the lab and wait until every part is ready'))
    .option('--replicas <service=n>', 'another number of one service; may be repeated', collect, [])
    .option('--off <service=parts>', 'switch parts of the kit off in a service; may be repeated', collect, [])
    .option(
      '--segmented',
      'each part in a network namespace of its own, under the network policies of the manifests; root only',
    )
    .option('--keep', 'leave files and logs of a start that fails')
    .action(async (flags: LabFlags) => done(await up(flags, io)));
  placed(command.command('status').description('ask every part whether it is ready')).action(async (flags: LabFlags) =>
    done(await status(flags, io)),
  );
  placed(command.command('logs').description('what the parts have written'))
    .argument('[part...]', 'parts; default: all')
    .option('-n, --lines <number>', 'last lines of each', '50')
    .option('--follow', 'go on with what they write from now on')
    .action(async (parts: string[], flags: LabFlags) => done(await logs(parts, flags, io)));
  placed(command.command('restart').description('end parts and start them again, on the same ports'))
    .argument('<part...>', 'parts, one after the other')
    .action(async (parts: string[], flags: LabFlags) => done(await restart(parts, flags, io)));
  placed(command.command('down').description('end every process of the lab and remove its files'))
    .option('--keep', 'keep data, secrets and ports for the next start')
    .action(async (flags: LabFlags) => done(await down(flags, io)));
  return command;
};

function placed(command: Command): Command {
  return command
    .option('--platform <file>', 'a launchgate.yaml elsewhere')
    .option('--directory <folder>', 'folder of the lab; default: .launchgate/lab beside the spec')
    .addOption(
      new Option('-f, --format <format>', 'how to print the answer').choices(['human', 'json']).default('human'),
    );
}

async function up(flags: LabFlags, io: Io): Promise<ExitCode> {
  const { startLab } = await import('../app/lab.ts');
  const changes = { replicas: readReplicas(flags.replicas), off: readOff(flags.off) };
  const began = performance.now();
  const report = await interruptible((signal) =>
    startLab({
      cwd: io.cwd,
      ...place(flags),
      changes,
      keep: flags.keep === true,
      segmented: flags.segmented === true,
      signal,
      watch: progress(io, began),
    }),
  );
  if (flags.format === 'json')
    io.out(toJson(report.lab.directory, report.state, statesOf(report), report.lab.plan.left));
  else io.out(showUp(report, performance.now() - began, io));
  return 0;
}

async function status(flags: LabFlags, io: Io): Promise<ExitCode> {
  const { labDirectory, labStatus, openLab } = await import('../app/lab.ts');
  const directory = labDirectory({ cwd: io.cwd, ...place(flags) });
  const open = await openLab(directory);
  if (open === undefined) return noLab(directory, io);
  const parts = await labStatus(open);
  io.out(
    flags.format === 'json' ? toJson(directory, open.state, parts, open.plan.left) : showStatus(open.state, parts, io),
  );
  return parts.every(({ state }) => state === 'ready' || state === 'done') && open.state.phase === 'up' ? 0 : 1;
}

async function logs(parts: readonly string[], flags: LabFlags, io: Io): Promise<ExitCode> {
  const { labDirectory } = await import('../app/lab.ts');
  const { followLogs, lastLines } = await import('../drills/lab/logs.ts');
  const directory = labDirectory({ cwd: io.cwd, ...place(flags) });
  const lines = Number(flags.lines);
  if (!Number.isInteger(lines) || lines < 0)
    throw new LaunchgateError('usage', `expected a number of lines, got "${flags.lines}"`);
  const tails = lastLines(directory, parts, lines);
  if (tails === undefined) return noLab(directory, io);
  for (const line of tails.lines) io.out(line);
  if (flags.follow === true) await interruptible((signal) => followLogs(tails, signal, (line) => io.out(line)));
  return 0;
}

async function restart(parts: readonly string[], flags: LabFlags, io: Io): Promise<ExitCode> {
  const { labDirectory, openLab } = await import('../app/lab.ts');
  const { restartPart } = await import('../drills/lab/restart.ts');
  const directory = labDirectory({ cwd: io.cwd, ...place(flags) });
  const open = await openLab(directory);
  if (open === undefined) return noLab(directory, io);
  await interruptible(async (signal) => {
    for (const part of parts) {
      const { how, tookMs } = await restartPart(open, part, signal);
      io.note(
        `${part}: ${how === 'absent' ? 'was not running' : how}, ready again after ${(tookMs / 1000).toFixed(1)} s`,
      );
    }
  });
  return 0;
}

async function down(flags: LabFlags, io: Io): Promise<ExitCode> {
  const { labDirectory } = await import('../app/lab.ts');
  const { down: takeDown, stillRunning } = await import('../drills/lab/down.ts');
  const directory = labDirectory({ cwd: io.cwd, ...place(flags) });
  const watch = (part: string, how: string) => {
    if (io.noteIsTerminal && how !== 'absent') io.note(`${part} ${how}`);
  };
  const report = await tellingInterrupts(
    () => takeDown({ directory, keep: flags.keep === true, watch }),
    () => io.note(showInterrupted(directory, stillRunning(directory), flags.keep === true)),
  );
  if (report === undefined) {
    io.note(`There is no lab in ${directory}; nothing to do.`);
    return 0;
  }
  io.note(showDown(directory, report, flags.keep === true));
  return report.left.length === 0 ? 0 : 1;
}

function noLab(directory: string, io: Io): ExitCode {
  io.note(`launchgate: there is no lab in ${directory}`);
  io.note('Start one with "launchgate lab up", or name its folder with --directory.');
  return 2;
}

function progress(io: Io, began: number): (event: LabEvent) => void {
  let ready = 0;
  return (event) => {
    if (event.kind === 'note') return io.note(event.text);
    if (event.phase !== 'ready' && event.phase !== 'done') return;
    ready += 1;
    if (!io.noteIsTerminal) return;
    io.note(
      `${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s  ${String(ready).padStart(2)} of ${event.of}  ${event.part} ${event.phase}`,
    );
  };
}

function statesOf({ state }: UpReport): PartStatus[] {
  return Object.entries(state.parts).map(([part, { phase, ports, restarts }]) => ({
    part,
    state: phase === 'done' ? 'done' : 'ready',
    pid: null,
    ports,
    uptime: null,
    restarts,
  }));
}

function place({ platform, directory }: LabFlags) {
  return { ...(platform === undefined ? {} : { platform }), ...(directory === undefined ? {} : { directory }) };
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

function readReplicas(values: readonly string[]): Map<string, number> {
  return new Map(
    values
      .map((value) => split(value, 'api=2'))
      .map(([service, number]) => [service, /^\d+$/.test(number) ? Number(number) : Number.NaN]),
  );
}

function readOff(values: readonly string[]): Map<string, string[]> {
  return new Map(
    values
      .map((value) => split(value, 'api=drain,readiness'))
      .map(([service, parts]) => [service, parts.split(',').filter(Boolean)]),
  );
}

function split(value: string, example: string): [string, string] {
  const [, name, rest] = /^([^=]+)=(.+)$/.exec(value) ?? [];
  if (name !== undefined && rest !== undefined) return [name, rest];
  throw new LaunchgateError('usage', `"${value}": expected something like ${example}`);
}
