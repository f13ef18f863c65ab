/** A drill in a file as the engine runs it. */
import { z } from 'zod';
import type { CapabilityName } from '../../model/drill/capabilities.ts';
import type { AnyDrill, Halt, Probe, ProbeContext, Rehearsal, Step } from '../../model/drill/drill.ts';
import { boundsText, measureText } from '../../model/drill/words.ts';
import { seconds } from '../../model/duration.ts';
import { act } from './act.ts';
import { ask } from './ask.ts';
import { stepMs } from './meaning.ts';
import { clusterWay, type World } from './perform.ts';
import { ACTIVITY_NAMES, type Activity, type FileDrill, type FileStep } from './schema.ts';

/** Subject of a drill that is about no control. */
export function fileSubject({ name }: FileDrill): string {
  return `drill/${name}`;
}

/** `folder`: what its programs run in and its relative paths are of. */
export function fileDrill(file: FileDrill, folder: string): AnyDrill {
  return {
    summary: file.summary,
    blastRadius: file.blastRadius,
    needs: needsOf(file),
    parameters: z.object({}),
    plan: () => ({ runs: [rehearsalOf(file, folder)] }),
  };
}

function rehearsalOf(file: FileDrill, folder: string): Rehearsal {
  return {
    name: file.title,
    subjects: [fileSubject(file)],
    hypothesis: file.hypothesis.map((one) => probeOf(one, folder)),
    method: file.steps.map((one) => stepOf(one, folder)),
    halts: file.halts.map((one) => haltOf(one, folder)),
  };
}

function probeOf(probe: FileDrill['hypothesis'][number], folder: string): Probe {
  const { name, unit, during, settle, timeout } = probe;
  return {
    name,
    unit,
    timeoutMs: ms(timeout),
    tolerance: boundsOf(probe),
    ...(settle === undefined ? {} : { settleMs: ms(settle) }),
    ...(during === undefined ? {} : { during: { everyMs: ms(during.every), must: during.must } }),
    measure: (context) => ask(activityOf(probe), worldOf(context, folder)),
  };
}

function stepOf(step: FileStep, folder: string): Step {
  const { name, measure, undo } = step;
  return {
    name,
    kind: kindOf(step),
    timeoutMs: stepMs(step),
    async run(context) {
      const [world, activity] = [worldOf(context, folder), activityOf(step)];
      if (undo !== undefined && undo !== 'none') {
        for (const one of [step, undo]) await demandCluster(one, world);
        await context.target.wayBack.note(name, undo, folder);
      }
      if (measure === undefined) await act(activity, world);
      else
        context.observe({ name, value: await ask(activity, world), ...measure } as Parameters<
          typeof context.observe
        >[0]);
    },
  };
}

/** Asked before anything is noted: a way back that leads to another cluster would be none. */
async function demandCluster({ kubernetes }: Activity, { target, folder }: World): Promise<void> {
  if (kubernetes !== undefined) await target.cluster.demand(clusterWay(kubernetes, folder));
}

function kindOf({ measure, undo, process }: FileStep): Step['kind'] {
  if (measure !== undefined) return 'measure';
  if (undo !== undefined && undo !== 'none') return 'fault';
  return process !== undefined && ['freeze', 'kill', 'restart'].includes(process.do) ? 'fault' : 'act';
}

function haltOf(halt: FileDrill['halts'][number], folder: string): Halt {
  const { atLeast, atMost } = halt;
  return {
    name: halt.name,
    everyMs: ms(halt.every),
    timeoutMs: ms(halt.timeout),
    async when(context) {
      const value = await ask(activityOf(halt), worldOf(context, folder));
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
    if (one.kubernetes !== undefined) needs.add('cluster');
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

function worldOf({ target, run, signal }: ProbeContext, folder: string): World {
  return { target, run, signal, folder } as World;
}

function ms(duration: string): number {
  return seconds(duration) * 1000;
}
