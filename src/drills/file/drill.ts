/** A drill in a file as the engine runs it. */
import { z } from 'zod';
import type { CapabilityName } from '../../model/drill/capabilities.ts';
import type { AnyDrill, Halt, Probe, ProbeContext, Rehearsal, Step } from '../../model/drill/drill.ts';
import { boundsText, measureText } from '../../model/drill/words.ts';
import { seconds } from '../../model/duration.ts';
import { perform, type World } from './perform.ts';
import { ACTIVITY_NAMES, type Activity, type FileDrill, type FileStep } from './schema.ts';

/** Subject of a drill that is about no control. */
export function fileSubject({ name }: FileDrill): string {
  return `drill/${name}`;
}

export function fileDrill(file: FileDrill): AnyDrill {
  return {
    summary: file.summary,
    blastRadius: file.blastRadius,
    needs: needsOf(file),
    parameters: z.object({}),
    plan: () => ({ runs: [rehearsalOf(file)] }),
  };
}

function rehearsalOf(file: FileDrill): Rehearsal {
  return {
    name: file.title,
    subjects: [fileSubject(file)],
    hypothesis: file.hypothesis.map(probeOf),
    method: file.steps.map(stepOf),
    halts: file.halts.map(haltOf),
  };
}

function probeOf(probe: FileDrill['hypothesis'][number]): Probe {
  const { name, unit, during, settle, timeout } = probe;
  return {
    name,
    unit,
    timeoutMs: ms(timeout),
    tolerance: boundsOf(probe),
    ...(settle === undefined ? {} : { settleMs: ms(settle) }),
    ...(during === undefined ? {} : { during: { everyMs: ms(during.every), must: during.must } }),
    measure: (context) => perform(activityOf(probe), worldOf(context)),
  };
}

function stepOf(step: FileStep): Step {
  const { name, measure, undo, timeout } = step;
  return {
    name,
    kind: kindOf(step),
    timeoutMs: ms(timeout),
    async run(context) {
      if (undo !== undefined && undo !== 'none') await context.target.wayBack.note(name, undo);
      const value = await perform(activityOf(step), worldOf(context));
      if (measure !== undefined) context.observe({ name, value, ...measure } as Parameters<typeof context.observe>[0]);
      else demandDone(step, value);
    },
  };
}

/** An action that was refused did not happen: going on would measure something else. */
function demandDone({ command, http }: FileStep, value: number): void {
  if (command?.value === 'exit' && value !== 0) throw new Error(`${command.run[0]} ended with ${value}`);
  if (http?.value === 'status' && value >= 400) throw new Error(`it was answered with ${value}`);
}

function kindOf({ measure, undo, process }: FileStep): Step['kind'] {
  if (measure !== undefined) return 'measure';
  if (undo !== undefined && undo !== 'none') return 'fault';
  return process !== undefined && ['freeze', 'kill', 'restart'].includes(process.do) ? 'fault' : 'act';
}

function haltOf(halt: FileDrill['halts'][number]): Halt {
  const { atLeast, atMost } = halt;
  return {
    name: halt.name,
    everyMs: ms(halt.every),
    timeoutMs: ms(halt.timeout),
    async when(context) {
      const value = await perform(activityOf(halt), worldOf(context));
      const inside = (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
      return inside ? undefined : `it is ${measureText(value, '')}, and should be ${boundsText(halt as never, '')}`;
    },
  };
}

function needsOf({ hypothesis, steps, halts }: FileDrill): CapabilityName[] {
  const needs = new Set<CapabilityName>();
  const undone = steps.flatMap(({ undo }) => (undo === undefined || undo === 'none' ? [] : [undo]));
  if (undone.length > 0) needs.add('wayBack');
  for (const one of [...hypothesis, ...steps, ...halts, ...undone]) {
    if (one.http?.service !== undefined) needs.add('edge');
    if (one.http?.as !== undefined) needs.add('people');
    if (one.sql !== undefined || one.redis !== undefined) needs.add('databases');
    if (one.nats !== undefined) needs.add('messages');
    if (one.promql !== undefined) needs.add('metrics');
    if (one.process !== undefined) needs.add('parts');
  }
  return [...needs];
}

function activityOf(one: Activity): Activity {
  return Object.fromEntries(ACTIVITY_NAMES.flatMap((name) => (one[name] === undefined ? [] : [[name, one[name]]])));
}

function boundsOf({ atLeast, atMost }: { atLeast?: number | undefined; atMost?: number | undefined }) {
  return { ...(atLeast === undefined ? {} : { atLeast }), ...(atMost === undefined ? {} : { atMost }) };
}

function worldOf({ target, signal }: ProbeContext): World {
  return { target, signal } as World;
}

function ms(duration: string): number {
  return seconds(duration) * 1000;
}
