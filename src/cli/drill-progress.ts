/** What a person who waits for drills sees on a terminal: each step with its time, and the numbers as they come. */
import type { DrillEvent } from '../app/drill/run.ts';
import type { RunEvent } from '../model/drill/record.ts';
import { boundsText, measureText } from '../model/drill/words.ts';
import { lasting, OUTCOME_TONES, OUTCOME_WORDS } from '../report/drill/summary.ts';
import { ansiStyle, plainStyle, type Tone } from '../report/text/style.ts';
import { visible } from '../report/text/visible.ts';
import type { Io } from './io.ts';

/** Answers a watcher. Where nobody watches it says only what an earlier run had left, and what was started for good. */
export function drillProgress(io: Io): (event: DrillEvent) => void {
  const style = io.noteIsTerminal && (io.env['NO_COLOR'] ?? '') === '' ? ansiStyle : plainStyle;
  const paint = (tone: Tone, text: string): string => style(tone, visible(text));
  const note = (text: string): void => {
    if (io.noteIsTerminal) io.note(text);
  };
  const run = runProgress(note, paint);
  return (event) => {
    switch (event.kind) {
      case 'recovered': {
        const { undo, error } = event.recovered;
        io.note(
          `An earlier run had died. ${error === undefined ? 'Done' : 'NOT DONE'}: ${visible(undo)}${error === undefined ? '' : `: ${visible(error)}`}`,
        );
        return;
      }
      case 'founded':
        io.note('Nobody had started a policy here, so one was, for what is measured to be kept as evidence:');
        for (const line of event.lines) io.note(`  ${line}`);
        return;
      case 'drill':
        note(
          `\n${paint('quiet', `${event.index + 1} of ${event.count}`)}  ${paint('heading', event.drill)}  ${paint('quiet', event.title)}`,
        );
        return;
      case 'run':
        run.reset();
        note(`  Rehearsing ${visible(event.name)}`);
        return;
      case 'event':
        run.tell(event.event);
        return;
      case 'result': {
        const { outcome, because, runs } = event.result;
        const took = lasting(runs.reduce((sum, { durationMs }) => sum + durationMs, 0));
        note(
          `  ${paint(OUTCOME_TONES[outcome], OUTCOME_WORDS[outcome])}  ${visible(because ?? '')} ${paint('quiet', took)}`,
        );
      }
    }
  };
}

/** Faults that a run notes to clean up after itself are no news; those of its method are. */
function runProgress(note: (text: string) => void, paint: (tone: Tone, text: string) => string) {
  let faults = new Set<string>();
  let outside = new Set<string>();
  let phase: Extract<RunEvent, { kind: 'phase' }>['phase'] = 'before';
  const line = (atMs: number, text: string): void =>
    note(`  ${paint('quiet', `${(atMs / 1000).toFixed(1).padStart(6)} s`)}  ${text}`);
  return {
    reset(): void {
      faults = new Set();
      outside = new Set();
      phase = 'before';
    },
    tell(event: RunEvent): void {
      const { atMs } = event;
      switch (event.kind) {
        case 'phase':
          ({ phase } = event);
          if (phase === 'undo' && faults.size > 0) line(atMs, paint('quiet', 'taking everything back'));
          if (phase === 'after') line(atMs, paint('quiet', 'is it as it was?'));
          return;
        case 'step':
          return line(
            atMs,
            `${paint('quiet', `${event.index + 1}/${event.count}`)} ${paint(event.of === 'fault' ? 'medium' : 'strong', event.step)}`,
          );
        case 'step-ended':
          if (event.step.outcome !== 'done')
            line(
              atMs,
              paint(
                'critical',
                `${event.step.name}: ${event.step.outcome}${event.step.error === undefined ? '' : `, ${event.step.error}`}`,
              ),
            );
          return;
        case 'probe':
          return probe(event);
        case 'observed': {
          const { name, value, unit, met } = event.observation;
          const wanted = boundsText(event.observation, unit);
          return line(
            atMs,
            `${visible(name)} ${paint(met ? 'pass' : 'critical', measureText(value, unit))}${wanted === '' ? '' : paint('quiet', `  ${wanted}`)}${met ? '' : paint('critical', '  missed')}`,
          );
        }
        case 'mark':
          return line(atMs, paint('path', event.what));
        case 'said':
          return line(atMs, paint('quiet', event.text));
        case 'fault':
          if (phase === 'method') faults.add(event.undo);
          return;
        case 'undone':
          if (event.error !== undefined) line(atMs, paint('critical', `NOT UNDONE: ${event.undo}: ${event.error}`));
          else if (faults.has(event.undo)) line(atMs, paint('quiet', `undone: ${event.undo}`));
          return;
        case 'halted':
          return line(atMs, paint('critical', `halted by ${event.halt.name}: ${event.halt.because}`));
      }
    },
  };

  /** Told when a probe leaves its tolerance, and when it comes back. */
  function probe({ atMs, probe: name, unit, answer }: Extract<RunEvent, { kind: 'probe' }>): void {
    const was = outside.has(name);
    if (answer.met === !was) return;
    if (answer.met) outside.delete(name);
    else outside.add(name);
    const said = answer.value === undefined ? (answer.error ?? 'no answer') : measureText(answer.value, unit);
    line(atMs, `${visible(name)} ${paint(answer.met ? 'pass' : 'medium', said)}`);
  }
}
