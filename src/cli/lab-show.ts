/** What the lab's verbs print. */
import type { DownReport } from '../drills/lab/down.ts';
import type { LeftOut } from '../drills/lab/plan.ts';
import type { LabState } from '../drills/lab/run/state.ts';
import type { PartStatus } from '../drills/lab/status.ts';
import type { UpReport } from '../drills/lab/up.ts';
import { ansiStyle, plainStyle, type Tone } from '../report/text/style.ts';
import { wantsColor, type Io } from './io.ts';

const TONES = { ready: 'pass', done: 'quiet', 'not-ready': 'high', dead: 'critical' } as const satisfies Record<
  PartStatus['state'],
  Tone
>;

/** The document of `-f json`. */
export function toJson(
  directory: string,
  state: LabState,
  parts: readonly PartStatus[],
  left: readonly LeftOut[],
): string {
  const { id, phase, startedAt, host } = state;
  const document = {
    apiVersion: 'launchgate/v1',
    kind: 'LabStatus',
    directory,
    id,
    phase,
    startedAt,
    host,
    parts,
    left,
  };
  return JSON.stringify(document, undefined, 2);
}

export function showUp({ lab, state, missing }: UpReport, tookMs: number, io: Io): string {
  const style = wantsColor(io) ? ansiStyle : plainStyle;
  const running = Object.values(state.parts).filter(({ phase }) => phase === 'ready').length;
  const lines = [
    style('pass', `The lab is up: ${running} parts in ${(tookMs / 1000).toFixed(1)} s.`),
    `Folder   ${lab.directory}`,
  ];
  const edge = state.parts['edge']?.ports['https'];
  if (edge !== undefined) {
    lines.push(
      ...['console', 'api', 'terminal'].map(
        (host) => `${`${host[0]!.toUpperCase()}${host.slice(1)}`.padEnd(9)}https://${host}.localhost:${edge}`,
      ),
    );
    lines.push(`Trust    ${lab.client.ca}`);
  }
  if (missing.length > 0) {
    lines.push('', style('heading', 'Missing on this machine'));
    for (const { part, package: name, loses } of missing)
      lines.push(`  ${part}: ${loses}. Install ${name} (tools/setup).`);
  }
  if (lab.plan.left.length > 0) {
    lines.push('', style('heading', 'Not in the lab'));
    for (const { subject, because } of lab.plan.left) lines.push(`  ${subject}: ${because}`);
  }
  lines.push('', 'Look with "launchgate lab status", end it with "launchgate lab down".');
  return lines.join('\n');
}

export function showStatus(state: LabState, parts: readonly PartStatus[], io: Io): string {
  const style = wantsColor(io) ? ansiStyle : plainStyle;
  const rows = parts.map(({ part, state: is, pid, ports, uptime, restarts }) => [
    part,
    is,
    pid === null ? '-' : String(pid),
    Object.entries(ports)
      .map(([name, port]) => `${name} ${port}`)
      .join(', ') || '-',
    uptime === null ? '-' : duration(uptime),
    String(restarts),
  ]);
  const header = ['PART', 'STATE', 'PID', 'PORTS', 'UPTIME', 'RESTARTS'];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const align = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column]!));
  const lines = [style('heading', align(header).join('  ').trimEnd())];
  for (const [index, row] of rows.entries()) {
    const cells = align(row);
    cells[1] = style(TONES[parts[index]!.state], cells[1]!);
    lines.push(cells.join('  ').trimEnd());
  }
  const troubled = parts.filter(({ because }) => because !== undefined);
  if (troubled.length > 0) lines.push('', ...troubled.map(({ part, because }) => `${part}: ${because}`));
  if (state.phase !== 'up') lines.push('', `The lab is not up: ${PHASES[state.phase]}`);
  return lines.join('\n');
}

const PHASES = {
  starting: 'it is being started, or its start was killed. "launchgate lab down" removes what is left.',
  stopping: 'it is being taken down, or that was killed. Run "launchgate lab down" again.',
  kept: 'its data were kept. "launchgate lab up" goes on with them.',
} as const satisfies Record<Exclude<LabState['phase'], 'up'>, string>;

/** How far an interrupted `lab down` came, and how to go on. */
export function showInterrupted(directory: string, running: readonly string[], keep: boolean): string {
  const left = running.length === 0 ? 'No part runs any more' : `These parts still run: ${running.join(', ')}`;
  const again = `launchgate lab down --directory ${directory}${keep ? ' --keep' : ''}`;
  return `Interrupted. ${left}, and the files of the lab are still in ${directory}.\nRun "${again}" to go on: a lab that is half down serves nobody.`;
}

export function showDown(directory: string, { endings, strays, left }: DownReport, kept: boolean): string {
  const ended = [...endings.values()].filter((how) => how !== 'absent').length;
  const killed = [...endings].filter(([, how]) => how === 'killed').map(([part]) => part);
  const lines = [
    `The lab is down: ${ended} parts ended${strays > 0 ? `, ${strays} processes that they had left were killed` : ''}.`,
  ];
  if (killed.length > 0) lines.push(`Had to be killed because they did not end in time: ${killed.join(', ')}.`);
  if (left.length > 0)
    return `${lines[0]}\nStill there, and not even killed they end: ${left.map(({ pid }) => pid).join(', ')}. Look what they wait for in /proc/PID/stack.`;
  lines.push(kept ? `Kept ${directory}.` : `Removed ${directory}.`);
  return lines.join('\n');
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds}s`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)}m` : `${Math.floor(seconds / 3600)}h`;
}
