/**
 * Draws docs/images/*.svg: what the command line really prints about the reference platform, as terminal windows that need no
 * fonts or files of their own. Long answers are cut between two of their lines, and the picture says how much is left out.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExitCode } from '../src/cli/io.ts';
import { main } from '../src/cli/main.ts';
import { displayWidth } from '../src/report/text/width.ts';
import { ansiRuns, type Run } from './terminal-picture/ansi.ts';
import { drawTerminal } from './terminal-picture/svg.ts';

interface Picture {
  readonly file: string;
  readonly command: string;
  readonly argv: readonly string[];
  /** The exit status that is meant: no picture is made of a command that went wrong. */
  readonly status: ExitCode;
  /** Lines that are shown: from the first that matches, up to the next that matches the other, or to the end. */
  readonly shown: readonly (readonly [from: RegExp, before?: RegExp])[];
}

const COLUMNS = 100;
const root = fileURLToPath(new URL('..', import.meta.url));
const example = join(root, 'examples/gpu-cloud');
const images = join(root, 'docs/images');

const scratch = mkdtempSync(join(tmpdir(), 'picture-'));
const kept = join(tmpdir(), 'gpu-launch');
rmSync(kept, { recursive: true, force: true });
try {
  mkdirSync(images, { recursive: true });
  for (const picture of pictures()) {
    const lines = excerpt(await run(picture), picture.shown);
    writeFileSync(
      join(images, picture.file),
      drawTerminal([prompt(picture.command), [], ...lines], COLUMNS, displayWidth),
    );
    console.log(`docs/images/${picture.file}: ${lines.length} lines`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
  rmSync(kept, { recursive: true, force: true });
}

function pictures(): Picture[] {
  return [
    {
      file: 'check.svg',
      command: 'launchgate check',
      argv: ['check'],
      status: 1,
      shown: [[/^gpu-cloud/, /websocket-affinity|^What is wrong besides/], [/^Does not hold/]],
    },
    {
      file: 'demo.svg',
      command: 'npx launchgate demo --no-drills',
      argv: ['demo', '--no-drills', '--keep', kept],
      status: 0,
      shown: [[/^2 {2}May it go public/]],
    },
  ];
}

/** What a person with a terminal of this width sees. */
async function run({ argv, command, status }: Picture): Promise<string[]> {
  let seen = '';
  const print = (text: string): void => void (seen += text.endsWith('\n') ? text : `${text}\n`);
  const ended = await main(argv, {
    cwd: example,
    env: { ...process.env, FORCE_COLOR: '1', NO_COLOR: '', LAUNCHGATE_HOME: join(scratch, 'home') },
    out: print,
    note: print,
    outIsTerminal: true,
    noteIsTerminal: false,
    columns: COLUMNS,
    now: () => new Date(),
  });
  if (ended !== status) throw new Error(`${command} ended with ${ended}, not ${status}:\n${seen}`);
  return seen.trimEnd().split('\n');
}

function excerpt(lines: readonly string[], shown: Picture['shown']): Run[][] {
  const styled = lines.map(ansiRuns);
  const plain = styled.map((runs) => runs.map(({ text }) => text).join(''));
  const result: Run[][] = [];
  let next = 0;
  for (const [from, before] of shown) {
    const first = plain.findIndex((line, at) => at >= next && from.test(line));
    const end = before === undefined ? plain.length : plain.findIndex((line, at) => at > first && before.test(line));
    if (first < 0 || end < 0) throw new Error(`no lines from ${from} to ${before} in:\n${plain.join('\n')}`);
    result.push(...cut(plain.slice(next, first)), ...styled.slice(first, end));
    next = end;
  }
  return [...result, ...cut(plain.slice(next))];
}

/** In place of lines that are left out. */
function cut(lines: readonly string[]): Run[][] {
  const count = lines.filter((line) => line.trim() !== '').length;
  if (count === 0) return [];
  return [[{ text: `  ⋮  ${count} more lines`, tones: ['dim'] }], []];
}

function prompt(command: string): Run[] {
  return [
    { text: '$ ', tones: ['dim'] },
    { text: command, tones: ['bold'] },
  ];
}
