import type { Subject } from '../../model/control.ts';
import { fail, failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Entry, Progress } from './input.ts';

interface Params {
  readonly paths: readonly string[];
  readonly topics: Readonly<Record<string, readonly (readonly string[])[]>>;
}

export function check(_subject: Subject, { pages, held }: Progress, params: Params): Result {
  const log = pages.filter(({ path }) => params.paths.some((wanted) => isAt(path, wanted)));
  const entries = log.flatMap((page) => page.entries);
  if (entries.length === 0)
    return fail({
      ...finding(
        `there is no log with dated entries at ${params.paths.join(', ')}`,
        'Write one entry a day of what was configured and measured, each beginning with its date (2026-01-31).',
      ),
      fromAbsence: true,
    });
  if (held.length === 0 && Object.keys(params.topics).length === 0)
    return inconclusive('the spec dates no drill and the params name no topic: nothing to hold the log against');
  const findings = [
    ...entries.filter(({ date }) => !isDay(date)).map(noSuchDay),
    ...held.filter(({ last }) => entries.every(({ date }) => date !== last)).map(unlogged),
    ...Object.entries(params.topics)
      .filter(([, groups]) => !entries.some((entry) => holds(entry, groups)))
      .map(([topic]) =>
        silentOn(
          topic,
          log.map(({ path }) => path),
        ),
      ),
  ];
  const days = entries.map(({ date }) => date).toSorted();
  return failOr(findings, `${entries.length} entries from ${days[0] ?? ''} to ${days.at(-1) ?? ''}`, {
    entries: entries.length,
    drills: held.length,
  });
}

function isAt(path: string, wanted: string): boolean {
  return wanted.endsWith('/') ? path.startsWith(wanted) : path === wanted;
}

function isDay(date: string): boolean {
  const time = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(date);
}

function holds({ text }: Entry, groups: readonly (readonly string[])[]): boolean {
  const lower = text.toLowerCase();
  return groups.every((words) => words.some((word) => lower.includes(word.toLowerCase())));
}

function noSuchDay({ date, origin }: Entry): Finding {
  return { ...finding(`${date} is no day`, 'Correct the date.'), origin };
}

function unlogged({ drill, last }: Progress['held'][number]): Finding {
  return {
    ...finding(
      `the spec says ${drill} was last drilled on ${last}, and the log has no entry of that day`,
      'Log what was measured, or correct the date in the spec.',
    ),
    fromAbsence: true,
  };
}

function silentOn(topic: string, paths: readonly string[]): Finding {
  return {
    ...finding(`no entry of ${paths.join(', ')} speaks of ${topic}`, 'Log what was configured, and what was measured.'),
    fromAbsence: true,
  };
}

function finding(message: string, remediation: string): Finding {
  return { message, severity: 'low', remediation };
}
